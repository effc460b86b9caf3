import type { Readable } from "node:stream";

/** Stores bytes by name. When `put` returns, they are on stable storage. Each name is written once and never changes. */
export interface Blobs {
  /**
   * Stores the stream under a new name. When the stream fails, nothing is stored.
   *
   * @returns the number of bytes.
   */
  put(name: string, bytes: Readable): Promise<number>;
  /** The stream fails when there is no such blob. `range` is in bytes and includes its end. */
  get(name: string, range?: { start: number; end: number }): Readable;
  /** Removes the blob, if there is one. */
  remove(name: string): Promise<void>;
}
