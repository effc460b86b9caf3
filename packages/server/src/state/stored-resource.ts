import { elementsOf, membersOf } from "../json/span.ts";

/**
 * An object of a state, as its bytes. One that is not changed keeps them, because its numbers may need more precision than a double has.
 */
export class StoredObject {
  /** JSON. */
  readonly bytes: Buffer;

  private constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  /** @param bytes JSON of an object; any other value has no members. */
  static of(bytes: Buffer): StoredObject {
    return new StoredObject(bytes);
  }

  /** The only members that are kept, because a state may have a million objects, and the members of one take more memory than its bytes. */
  static #readLast: { of: StoredObject; members: ReadonlyMap<string, Buffer> } | undefined;

  get #members(): ReadonlyMap<string, Buffer> {
    if (StoredObject.#readLast?.of !== this) StoredObject.#readLast = { of: this, members: membersOf(this.bytes) };
    return StoredObject.#readLast.members;
  }

  json(key: string): Buffer | undefined {
    const value = this.#members.get(key);
    return value?.length === 4 && value.toString("latin1") === "null" ? undefined : value;
  }

  value(key: string): unknown {
    const json = this.json(key);
    return json && JSON.parse(json.toString("utf8"));
  }

  /** A string; empty when it is not one. */
  text(key: string): string {
    const value = this.json(key)?.[0] === 0x22 ? this.value(key) : undefined;
    return typeof value === "string" ? value : "";
  }

  texts(key: string): string[] {
    const value = this.json(key)?.[0] === 0x5b ? this.value(key) : undefined;
    return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
  }

  isTrue(key: string): boolean {
    return this.json(key)?.toString("latin1") === "true";
  }

  object(key: string): StoredObject | undefined {
    const json = this.json(key);
    return json?.[0] === 0x7b ? StoredObject.of(json) : undefined;
  }

  objects(key: string): StoredObject[] {
    const json = this.json(key);
    return json?.[0] === 0x5b ? elementsOf(json).map(StoredObject.of) : [];
  }

  keys(): string[] {
    return [...this.#members.keys()];
  }

  /** The same with other members. Those that are undefined are taken out. */
  with(changes: Readonly<Record<string, unknown>>): StoredObject {
    const members = new Map(this.#members);
    for (const [key, value] of Object.entries(changes)) {
      if (value === undefined) members.delete(key);
      else members.set(key, Buffer.isBuffer(value) ? value : Buffer.from(JSON.stringify(value)));
    }
    const pieces = [...members].flatMap(([key, value], index) => [
      Buffer.from(`${index > 0 ? "," : ""}${JSON.stringify(key)}:`),
      value,
    ]);
    return new StoredObject(Buffer.concat([Buffer.from("{"), ...pieces, Buffer.from("}")]));
  }
}
