import { RpcError, Status } from "./status.ts";

/** Wire types: a field's tag is its number × 8 + the wire type of its value. */
export const VARINT = 0;
export const FIXED64 = 1;
export const DELIMITED = 2;
const FIXED32 = 5;

/**
 * Reads the protobuf wire format, for the few messages that hold thousands of values. protobuf-es reads all others. The
 * parameter `end` of each method is the offset where the enclosing message ends.
 *
 * @throws `RpcError` (INVALID_ARGUMENT), from every method, when the bytes are not a message.
 */
export class WireReader {
  /** The offset of the next byte. */
  at = 0;
  readonly length: number;
  readonly #bytes: Buffer;
  readonly #doubles: DataView;
  /** The bytes as Latin-1. For ASCII, a slice of it costs much less than decoding the bytes. */
  readonly #text: string;
  #what: string;

  /** @param what Names what is read, in errors. */
  constructor(bytes: Uint8Array, what: string) {
    const { buffer, byteOffset, length } = bytes;
    this.length = length;
    this.#bytes = Buffer.from(buffer, byteOffset, length);
    this.#doubles = new DataView(buffer, byteOffset, length);
    this.#text = this.#bytes.toString("latin1");
    this.#what = what;
  }

  /** Moves to a part of the bytes that was not read yet. */
  seek(at: number, what: string): void {
    this.at = at;
    this.#what = what;
  }

  /** Exact up to 53 bits, which is enough for lengths, tags and booleans. */
  varint(end: number): number {
    let result = 0;
    for (let factor = 1, read = 0; read < 10; factor *= 128, read++) {
      if (this.at >= end) throw this.malformed(ENDS_EARLY);
      const byte = this.#bytes[this.at++] as number;
      if (byte < 128) return result + byte * factor;
      result += (byte & 127) * factor;
    }
    throw this.malformed("a number is too long");
  }

  double(end: number): number {
    if (this.at + 8 > end) throw this.malformed(ENDS_EARLY);
    const number = this.#doubles.getFloat64(this.at, true);
    this.at += 8;
    return number;
  }

  /** Reads the length of a string or a message. @returns The offset where it ends. */
  limit(end: number): number {
    const limit = this.varint(end) + this.at;
    if (limit > end) throw this.malformed(ENDS_EARLY);
    return limit;
  }

  string(end: number): string {
    const limit = this.limit(end);
    const from = this.at;
    this.at = limit;
    return this.#isAscii(from, limit) ? this.#text.slice(from, limit) : this.#bytes.toString("utf8", from, limit);
  }

  #isAscii(from: number, end: number): boolean {
    if (end - from > SHORT) return false;
    for (let at = from; at < end; at++) if ((this.#bytes[at] as number) > 127) return false;
    return true;
  }

  /** Whether two ranges of the bytes are equal. */
  equals(from: number, end: number, otherFrom: number, otherEnd: number): boolean {
    return this.#bytes.compare(this.#bytes, otherFrom, otherEnd, from, end) === 0;
  }

  /** Skips an unknown field, as protobuf requires. */
  skip(tag: number, end: number): void {
    const kind = tag & 7;
    if (kind === VARINT) this.varint(end);
    else if (kind === FIXED64) this.at += 8;
    else if (kind === DELIMITED) this.at = this.limit(end);
    else if (kind === FIXED32) this.at += 4;
    else throw this.malformed(`unknown wire type ${kind}`);
    if (this.at > end) throw this.malformed(ENDS_EARLY);
  }

  malformed(why: string): RpcError {
    return new RpcError(Status.INVALID_ARGUMENT, `${this.#what} can't be read: ${why}.`);
  }
}

const ENDS_EARLY = "the bytes end too early";

/** For longer strings the fixed cost of decoding is less than that of the check for ASCII. */
const SHORT = 100;
