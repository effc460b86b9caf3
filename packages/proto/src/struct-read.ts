import { Entries } from "./entries.ts";
import { WireReader } from "./wire-read.ts";

/**
 * How deep a property map may nest. JSON tools and recursive policies overflow the stack at several thousand levels. A
 * deeper map is refused, so that no request can end the process.
 */
export const MAX_DEPTH = 1_500;

/** Returns what replaces an object whose fields were read: the object itself, or what its signature stands for. */
export type Revive = (object: Record<string, unknown>) => unknown;

const PROPERTIES = "The request's properties";
const keepAsIs: Revive = (object) => object;

/**
 * Reads an encoded google.protobuf.Struct into plain values, in one pass and without message objects in between.
 *
 * Keys are sorted, because the engine sends them in random order, and what a policy finds
 * should not change from run to run. `revive` gets every object below the root, innermost first.
 *
 * @throws `RpcError` (INVALID_ARGUMENT) when the bytes are not a Struct, or nest deeper than `MAX_DEPTH`.
 */
export function decodeStruct(bytes: Uint8Array, revive?: Revive): Record<string, unknown> {
  return new WireStruct(new WireReader(bytes, PROPERTIES), 0, bytes.length).decode(revive);
}

/** Properties that are decoded only on request. */
export interface PropertyMap {
  /** See `decodeStruct`. */
  decode(revive?: Revive): Record<string, unknown>;
}

/** A Struct inside a message. */
export class WireStruct implements PropertyMap {
  readonly #wire: WireReader;
  readonly #from: number;
  readonly #end: number;

  constructor(wire: WireReader, from: number, end: number) {
    this.#wire = wire;
    this.#from = from;
    this.#end = end;
  }

  /** See `decodeStruct`. @throws `RpcError` (INVALID_ARGUMENT) */
  decode(revive = keepAsIs): Record<string, unknown> {
    this.#wire.seek(this.#from, PROPERTIES);
    return new StructReader(this.#wire, revive).struct(this.#end, 1);
  }
}

class StructReader {
  readonly #wire: WireReader;
  readonly #revive: Revive;
  readonly #entries = new Entries();

  constructor(wire: WireReader, revive: Revive) {
    this.#wire = wire;
    this.#revive = revive;
  }

  /** `repeated Entry fields = 1` */
  struct(end: number, depth: number): Record<string, unknown> {
    const wire = this.#wire;
    if (depth > MAX_DEPTH) throw tooDeep(wire);
    const first = this.#entries.count;
    while (wire.at < end) {
      const tag = wire.varint(end);
      if (tag === 0x0a) this.#entry(wire.limit(end), depth);
      else wire.skip(tag, end);
    }
    return this.#entries.take(first);
  }

  /** `string key = 1; Value value = 2` */
  #entry(end: number, depth: number): void {
    const wire = this.#wire;
    let key = "";
    let value: unknown;
    while (wire.at < end) {
      const tag = wire.varint(end);
      if (tag === 0x0a) key = wire.string(end);
      else if (tag === 0x12) value = this.#value(wire.limit(end), depth);
      else wire.skip(tag, end);
    }
    if (value === undefined) throw wire.malformed(`property "${key}" has no value`);
    this.#entries.push(key, value);
  }

  /** `oneof { null = 1; double = 2; string = 3; bool = 4; Struct = 5; ListValue = 6 }` */
  #value(end: number, depth: number): unknown {
    const wire = this.#wire;
    let value: unknown;
    while (wire.at < end) {
      const tag = wire.varint(end);
      if (tag === 0x1a) value = wire.string(end);
      else if (tag === 0x11) value = wire.double(end);
      else if (tag === 0x20) value = wire.varint(end) !== 0;
      else if (tag === 0x2a) value = this.#revive(this.struct(wire.limit(end), depth + 1));
      else if (tag === 0x32) value = this.#list(wire.limit(end), depth + 1);
      else if (tag === 0x08) {
        wire.varint(end);
        value = null;
      } else wire.skip(tag, end);
    }
    if (value === undefined) throw wire.malformed("a value is of no kind");
    return value;
  }

  /** `repeated Value values = 1` */
  #list(end: number, depth: number): unknown[] {
    const wire = this.#wire;
    if (depth > MAX_DEPTH) throw tooDeep(wire);
    const list: unknown[] = [];
    while (wire.at < end) {
      const tag = wire.varint(end);
      if (tag === 0x0a) list.push(this.#value(wire.limit(end), depth));
      else wire.skip(tag, end);
    }
    return list;
  }
}

function tooDeep(wire: WireReader): Error {
  return wire.malformed(`properties nest deeper than ${MAX_DEPTH} levels`);
}
