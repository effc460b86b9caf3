import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { link, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { extract, pack } from "tar-stream";

/** A file in the archive. */
export interface Entry {
  name: string;
  size: number;
  bytes: Readable;
}

export function entryOf(name: string, bytes: Buffer): Entry {
  return { name, size: bytes.length, bytes: Readable.from([bytes]) };
}

/** Of the names, sizes and bytes of entries, in their order. */
export class EntryDigest {
  readonly #hash = createHash("sha256");

  begin({ name, size }: Pick<Entry, "name" | "size">): void {
    this.#hash.update(`${name}\n${size}\n`);
  }

  add(chunk: Buffer): void {
    this.#hash.update(chunk);
  }

  hex(): string {
    return this.#hash.copy().digest("hex");
  }
}

/** An archive that is being written. */
export interface Writing {
  add(entry: Entry): Promise<void>;
  /** Of all that was added so far. */
  digest(): string;
}

/**
 * Writes a gzip'ed tar of what `fill` adds, which only its user may read. It has its name only when it is whole and on the disk.
 *
 * @returns what `fill` returned.
 * @throws Error when there is such a file already.
 */
export async function writeArchive<T>(
  path: string,
  fill: (archive: Writing) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const unfinished = `${path}.tmp`;
  const tar = pack();
  const digest = new EntryDigest();
  const add = async (entry: Entry) => {
    signal?.throwIfAborted();
    digest.begin(entry);
    const { name, size } = entry;
    await pipeline(entry.bytes, tapped(digest), tar.entry({ name, size, mode: 0o600 }), { signal });
  };
  const filled = async () => {
    try {
      const result = await fill({ add, digest: () => digest.hex() });
      signal?.throwIfAborted();
      tar.finalize();
      return result;
    } catch (error) {
      tar.destroy(error as Error);
      throw error;
    }
  };
  await rm(unfinished, { force: true });
  try {
    const file = createWriteStream(unfinished, { flags: "wx", mode: 0o600, flush: true });
    // The fastest, because most bytes of a large backup are states and packs, which are compressed already.
    const written = pipeline(tar, createGzip({ level: 1 }), file);
    const [result] = await Promise.all([filled(), written]);
    // Unlike a rename it never replaces a file that somebody has made meanwhile.
    await link(unfinished, path);
    return result;
  } finally {
    await rm(unfinished, { force: true });
  }
}

function tapped(digest: EntryDigest) {
  return async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      digest.add(chunk);
      yield chunk;
    }
  };
}

/** Gives the entries of an archive to `take`, one after the other. What it does not read is passed over. */
export async function readArchive(path: string, take: (entry: Entry) => Promise<void>): Promise<void> {
  const tar = extract();
  const read = pipeline(createReadStream(path), createGunzip(), tar);
  const taken = (async () => {
    for await (const entry of tar) {
      const { name, size = 0 } = entry.header;
      await take({ name, size, bytes: entry as unknown as Readable });
      entry.resume();
    }
  })();
  await Promise.all([read, taken]);
}

export function bytesOf(entry: Entry): Promise<Buffer> {
  return buffer(entry.bytes);
}
