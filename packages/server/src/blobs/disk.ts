import { type FileHandle, mkdir, open, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import type { Blob, BlobStore } from "./types.ts";

/** Of what is read at once, in bytes. With 64 KiB, the default, most of the time of a large download is spent between chunks. */
const CHUNK = 256 * 1024;

/** Stores blobs as files in a folder. A file is written under another name, synced, then renamed, so it is never partial. */
export function diskBlobs(folder: string): BlobStore {
  const at = (name: string) => {
    // Names are made by this server. One in a database that somebody has changed may be another.
    if (name.split("/").includes(".."))
      throw new Error(`The blob ${JSON.stringify(name)} would be outside of its folder.`);
    return join(folder, name);
  };
  // By the blob's own name, so that whoever knows that name can remove it.
  const unfinishedOf = (path: string) => `${path}.tmp`;
  return {
    place: folder,
    async put(name, bytes) {
      const path = at(name);
      const unfinished = unfinishedOf(path);
      await mkdir(dirname(path), { recursive: true });
      try {
        const size = await writeSynced(unfinished, bytes);
        await rename(unfinished, path);
        await syncFolder(dirname(path));
        return size;
      } catch (error) {
        await rm(unfinished, { force: true });
        throw error;
      }
    },
    async get(name, range): Promise<Blob | undefined> {
      const file = await openIfThere(at(name));
      const found = await file?.stat();
      if (file && found?.isFile())
        return { size: found.size, bytes: file.createReadStream({ ...range, highWaterMark: CHUNK }) };
      await file?.close();
      return undefined;
    },
    async remove(name) {
      await rm(at(name), { force: true }).catch((error: NodeJS.ErrnoException) => {
        // A folder is no blob, as for `get`. One that somebody put there must not stop the removal of others.
        if (error.code !== "ERR_FS_EISDIR") throw error;
      });
      await rm(unfinishedOf(at(name)), { force: true });
    },
    async isEmpty() {
      const found = await readdir(folder).catch((): string[] => []);
      return found.length === 0;
    },
    clear: () => rm(folder, { recursive: true, force: true }),
  };
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

async function writeSynced(path: string, bytes: Readable): Promise<number> {
  const file = await open(path, "wx");
  try {
    await writeFile(file, bytes);
    await file.sync();
    return (await file.stat()).size;
  } finally {
    await file.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
