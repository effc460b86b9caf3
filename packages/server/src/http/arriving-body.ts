import type { FileHandle } from "node:fs/promises";
import { openUnnamedFile } from "../unnamed-file.ts";

/** Resizable ArrayBuffer of ECMAScript 2024, which Node.js 20 has. */
export interface Resizable extends ArrayBuffer {
  resize(length: number): void;
}
const ResizableBuffer = ArrayBuffer as unknown as new (length: number, options: { maxByteLength: number }) => Resizable;

/**
 * What has come of a body. A large one is in a file until all of it is needed, because whoever sends it slowly, or stops, would
 * hold that memory.
 */
export class ArrivingBody {
  readonly #inMemory: number;
  #chunks: Buffer[] = [];
  #chunksSize = 0;
  #file: Promise<FileHandle> | undefined;
  #isClosed = false;
  /** In bytes. */
  size = 0;

  /** @param inMemory how many bytes may be in memory. */
  constructor(inMemory: number) {
    this.#inMemory = inMemory;
  }

  append(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#chunksSize += chunk.length;
    this.size += chunk.length;
  }

  /** Whether more than may be is in memory. */
  get isFull(): boolean {
    return this.#chunksSize > this.#inMemory;
  }

  /**
   * Moves what is in memory into the file. Nothing may be appended meanwhile.
   *
   * @throws what the file system says.
   */
  async unload(): Promise<void> {
    if (this.#isClosed) return;
    this.#file ??= openUnnamedFile();
    await (await this.#file).writeFile(Buffer.concat(this.#chunks));
    this.#chunks = [];
    this.#chunksSize = 0;
  }

  /**
   * In memory that is this body's alone.
   *
   * @throws what the file system says.
   */
  async bytes(): Promise<Buffer<ArrayBuffer>> {
    const { size } = this;
    const bytes = Buffer.from(new ResizableBuffer(size, { maxByteLength: size }), 0, size);
    const inFile = size - this.#chunksSize;
    for (let at = 0; at < inFile; ) {
      const { bytesRead } = (await (await this.#file)?.read(bytes, at, inFile - at, at)) ?? { bytesRead: 0 };
      if (bytesRead === 0) throw new Error("The file of a body that came has become shorter.");
      at += bytesRead;
    }
    Buffer.concat(this.#chunks).copy(bytes, inFile);
    return bytes;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    // An error was told to who moved bytes into it.
    await this.#file?.then((file) => file.close()).catch(() => {});
  }
}
