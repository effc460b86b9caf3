import type { Readable } from "node:stream";

export interface Blob {
  /** In bytes, of the whole blob, also when only a range of it was asked for. */
  readonly size: number;
  readonly bytes: Readable;
}

/** Stores bytes by name. When `put` returns, they are on stable storage. Each name is written once and never changes. */
export interface Blobs {
  /**
   * Stores the stream under a new name. When the stream fails, nothing is stored.
   *
   * @returns the number of bytes.
   */
  put(name: string, bytes: Readable): Promise<number>;
  /** @param range in bytes; it includes its end. @returns undefined when there is no such blob. */
  get(name: string, range?: { start: number; end: number }): Promise<Blob | undefined>;
  /** Removes the blob, if there is one, and what a process that was killed left of an unfinished one. */
  remove(name: string): Promise<void>;
}
