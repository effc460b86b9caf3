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

/** A bucket, or a part of one, as the setting names it. */
export interface S3Place {
  readonly bucket: string;
  /** Empty, or ends with a slash. */
  readonly prefix: string;
  /** Without it, what the AWS environment says. */
  readonly region?: string | undefined;
  /** Of an S3 that is not Amazon's. */
  readonly endpoint?: string | undefined;
}

/** A blob store, and what a restore needs of it. */
export interface BlobStore extends Blobs {
  /** For people. */
  readonly place: string;
  isEmpty(): Promise<boolean>;
  /** Removes everything. */
  clear(): Promise<void>;
}

/** A store that can keep blobs for a backup itself. */
export interface HoldingStore extends BlobStore {
  /**
   * Keeps blobs as they are until `release`, also when they are removed.
   *
   * @returns those that are not there as `missing`.
   */
  hold(names: readonly string[]): Promise<{ blobs: Pick<Blobs, "get">; missing: string[]; release(): Promise<void> }>;
}
