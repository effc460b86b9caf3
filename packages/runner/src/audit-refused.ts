/** A state or a configuration that the pack can't be held against. */
export class AuditRefused extends Error {
  override readonly name = "AuditRefused";
  readonly kind: "state" | "config";

  constructor(kind: "state" | "config", message: string) {
    super(message);
    this.kind = kind;
  }
}
