import { newError } from "@quillon/contract";
import { isZero } from "./tar-header.ts";

/** Takes numbers of bytes out of a stream of chunks. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /**
   * Exactly the next `length` bytes.
   *
   * @throws archive_invalid when the stream ends before.
   */
  async read(length: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    await this.#take(length, (part) => parts.push(part));
    return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
  }

  /** @throws archive_invalid when the stream ends before. */
  async skip(length: number): Promise<void> {
    await this.#take(length, () => {});
  }

  /** Reads to the end. */
  async restIsZero(): Promise<boolean> {
    for (let part: Buffer | undefined = this.#rest; part; part = await this.#next()) {
      if (!isZero(part)) return false;
    }
    return true;
  }

  async #take(length: number, use: (part: Buffer) => void): Promise<void> {
    for (let missing = length; missing > 0; ) {
      if (this.#rest.length === 0) {
        const next = await this.#next();
        if (!next) throw newError("archive_invalid", { problem: "cut_short" });
        this.#rest = next;
      }
      const part = this.#rest.subarray(0, missing);
      this.#rest = this.#rest.subarray(part.length);
      missing -= part.length;
      use(part);
    }
  }

  async #next(): Promise<Buffer | undefined> {
    const { done, value } = await this.#chunks.next();
    return done ? undefined : value;
  }
}
