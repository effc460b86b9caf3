import type { Readable } from "node:stream";

/**
 * Bytes by name. What `put` acknowledged is on stable storage and never changes: every name is written once.
 */
export interface Blobs {
  /**
   * Stores the whole stream under a new name. When the stream fails, nothing is left behind.
   *
   * @returns the number of bytes.
   */
  put(name: string, bytes: Readable): Promise<number>;
  /** @throws Error when there is no such blob. `range` counts bytes, its end included. */
  get(name: string, range?: { start: number; end: number }): Readable;
  /** Removes the blob; it is fine if there is none. */
  remove(name: string): Promise<void>;
}
