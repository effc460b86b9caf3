/**
 * Marks a value as sensitive, so that the engine encrypts it.
 *
 * A policy sees secrets as plain values, and what was secret stays it by itself. This class is for one thing: a remediation
 * that puts a new secret where none was.
 *
 * @example
 * remediateResource: (args) => ({ ...args.props, password: new Secret("generated") })
 */
export class Secret {
  /** The plain value. */
  value: any;

  /** @param value The plain value to protect. */
  constructor(value: any) {
    this.value = value;
  }
}
