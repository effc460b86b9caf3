import { constants, copyFile, mkdir, readdir, rm, stat } from "node:fs/promises";
import { join, relative } from "node:path";

/** Two writes within this time may leave a file with the same time of change, on the coarsest of file systems. */
const TICK_NS = 3_000_000_000n;

/** What a file was like just before it was copied, and when that was. */
interface Seen {
  size: bigint;
  inode: bigint;
  changed: bigint;
  at: bigint;
}

/**
 * Copies a folder that somebody writes to meanwhile. Each round copies what was changed since the one before. So the last round,
 * for which the writer must stand still, is short.
 */
export class FolderCopy {
  readonly #from: string;
  readonly #to: string;
  #seen = new Map<string, Seen>();

  constructor(from: string, to: string) {
    this.#from = from;
    this.#to = to;
  }

  /** @returns how many files it has copied. */
  async round(signal?: AbortSignal): Promise<number> {
    const seen = new Map<string, Seen>();
    let copied = 0;
    await mkdir(this.#to, { recursive: true, mode: 0o700 });
    for (const entry of await readdir(this.#from, { recursive: true, withFileTypes: true })) {
      signal?.throwIfAborted();
      const path = relative(this.#from, join(entry.parentPath, entry.name));
      if (entry.isDirectory()) await mkdir(join(this.#to, path), { recursive: true, mode: 0o700 });
      if (!entry.isFile()) continue;
      try {
        const now = await this.#look(path);
        const before = this.#seen.get(path);
        if (before && isSame(before, now)) seen.set(path, before);
        else {
          await copyFile(join(this.#from, path), join(this.#to, path), constants.COPYFILE_FICLONE);
          seen.set(path, now);
          copied += 1;
        }
      } catch (error) {
        // It was removed meanwhile.
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      }
    }
    for (const path of this.#seen.keys()) if (!seen.has(path)) await rm(join(this.#to, path), { force: true });
    this.#seen = seen;
    return copied;
  }

  async #look(path: string): Promise<Seen> {
    const at = BigInt(Date.now()) * 1_000_000n;
    const { size, ino, mtimeNs } = await stat(join(this.#from, path), { bigint: true });
    return { size, inode: ino, changed: mtimeNs, at };
  }
}

/** Whether the copy that was made `before` is still like the file. */
function isSame(before: Seen, now: Seen): boolean {
  const isLike = before.size === now.size && before.inode === now.inode && before.changed === now.changed;
  return isLike && before.changed + TICK_NS < before.at;
}
