import { RpcError, Status } from "./status.ts";

/**
 * How deep a property map may nest. JSON tools and a policy's own recursion give up in the thousands; below that a
 * request must not bring the process down, above it the sender is told.
 */
export const MAX_DEPTH = 2_000;

/** What becomes of an object once its fields are read: itself, or whatever its signature says. */
export type Revive = (object: Record<string, unknown>) => unknown;

const DELIMITED = 2;
const keepAsIs: Revive = (object) => object;

/**
 * Reads an encoded google.protobuf.Struct into plain values, in one pass and without message objects in between.
 *
 * Keys come in their own order, not in that of the bytes: the engine sends them in a random one, and what a policy finds
 * should not change from run to run. `revive` sees every object below the root, innermost first. Throws `RpcError` (INVALID_ARGUMENT) on bytes that are no
 * Struct and on a map nested deeper than `MAX_DEPTH`.
 */
export function decodeStruct(bytes: Uint8Array, revive: Revive = keepAsIs): Record<string, unknown> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return new StructReader(buffer, revive).struct(buffer.length, 1);
}

class StructReader {
  readonly #bytes: Buffer;
  readonly #revive: Revive;
  #at = 0;

  constructor(bytes: Buffer, revive: Revive) {
    this.#bytes = bytes;
    this.#revive = revive;
  }

  /** `repeated Entry fields = 1` */
  struct(end: number, depth: number): Record<string, unknown> {
    if (depth > MAX_DEPTH) throw malformed(`properties nest deeper than ${MAX_DEPTH} levels`);
    const entries = new Map<string, unknown>();
    while (this.#at < end) {
      if (this.#isField(1, end)) this.#entry(entries, this.#limit(end), depth);
    }
    return inOrder(entries);
  }

  /** `string key = 1; Value value = 2` */
  #entry(entries: Map<string, unknown>, end: number, depth: number): void {
    let key = "";
    let value: unknown;
    let found = false;
    while (this.#at < end) {
      const tag = this.#varint(end);
      if (tag === 0x0a) key = this.#string(end);
      else if (tag === 0x12) {
        value = this.#value(this.#limit(end), depth);
        found = true;
      } else this.#skip(tag, end);
    }
    if (!found) throw malformed(`property "${key}" has no value`);
    entries.set(key, value);
  }

  /** `oneof { null = 1; double = 2; string = 3; bool = 4; Struct = 5; ListValue = 6 }` */
  #value(end: number, depth: number): unknown {
    let value: unknown;
    while (this.#at < end) {
      const tag = this.#varint(end);
      if (tag === 0x1a) value = this.#string(end);
      else if (tag === 0x11) value = this.#double(end);
      else if (tag === 0x20) value = this.#varint(end) !== 0;
      else if (tag === 0x2a) value = this.#revive(this.struct(this.#limit(end), depth + 1));
      else if (tag === 0x32) value = this.#list(this.#limit(end), depth + 1);
      else if (tag === 0x08) {
        this.#varint(end);
        value = null;
      } else this.#skip(tag, end);
    }
    if (value === undefined) throw malformed("a value is of no kind");
    return value;
  }

  /** `repeated Value values = 1` */
  #list(end: number, depth: number): unknown[] {
    if (depth > MAX_DEPTH) throw malformed(`properties nest deeper than ${MAX_DEPTH} levels`);
    const list: unknown[] = [];
    while (this.#at < end) {
      if (this.#isField(1, end)) list.push(this.#value(this.#limit(end), depth));
    }
    return list;
  }

  /** Reads a tag; anything but the wanted message is skipped, as protobuf asks of fields it does not know. */
  #isField(field: number, end: number): boolean {
    const tag = this.#varint(end);
    if (tag === ((field << 3) | DELIMITED)) return true;
    this.#skip(tag, end);
    return false;
  }

  #limit(end: number): number {
    const limit = this.#varint(end) + this.#at;
    if (limit > end) throw malformed("the bytes end too early");
    return limit;
  }

  #string(end: number): string {
    const limit = this.#limit(end);
    const text = this.#bytes.toString("utf8", this.#at, limit);
    this.#at = limit;
    return text;
  }

  #double(end: number): number {
    if (this.#at + 8 > end) throw malformed("the bytes end too early");
    const number = this.#bytes.readDoubleLE(this.#at);
    this.#at += 8;
    return number;
  }

  /** Up to 53 bits: lengths, tags and booleans are all that is read with it. */
  #varint(end: number): number {
    let result = 0;
    for (let factor = 1, read = 0; read < 10; factor *= 128, read++) {
      if (this.#at >= end) throw malformed("the bytes end too early");
      const byte = this.#bytes[this.#at++] as number;
      result += (byte & 127) * factor;
      if (byte < 128) return result;
    }
    throw malformed("a number is too long");
  }

  #skip(tag: number, end: number): void {
    const kind = tag & 7;
    if (kind === 0) this.#varint(end);
    else if (kind === 1) this.#at += 8;
    else if (kind === DELIMITED) this.#at = this.#limit(end);
    else if (kind === 5) this.#at += 4;
    else throw malformed(`unknown wire type ${kind}`);
    if (this.#at > end) throw malformed("the bytes end too early");
  }
}

/** Objects that get the same keys in the same order are alike to the engine that runs this, which makes them cheap. */
function inOrder(entries: Map<string, unknown>): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const key of [...entries.keys()].sort()) {
    const value = entries.get(key);
    // An assignment to `__proto__` would not make a property.
    if (key !== "__proto__") object[key] = value;
    else Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
  }
  return object;
}

function malformed(what: string): RpcError {
  return new RpcError(Status.INVALID_ARGUMENT, `The request's properties can't be read: ${what}.`);
}
