import { readdir, stat, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { makeBackup, type Where } from "./make.ts";

/** What the thread is given. */
export interface Wanted {
  where: Where;
  file: string;
  version: string;
}

/** What it answers once. */
export type Made = { missing: string[] } | { problem: string };

/** In bytes: what a backup leaves free, because the database ends when its disk is full. */
const RESERVE = 256 * 1024 * 1024;

// A thread of its own, because reading a whole database would make requests wait otherwise, and its end gives all memory back.
const { where, file, version } = workerData as Wanted;
try {
  await requireSpace();
  const { missing } = await makeBackup(where, file, { version });
  parentPort?.postMessage({ missing } satisfies Made);
} catch (error) {
  parentPort?.postMessage({ problem: (error as Error).message } satisfies Made);
}

/** @throws Error when the copy of the database and the backup may not fit. */
async function requireSpace(): Promise<void> {
  const { data } = where;
  const needed = 2 * (await sizeOf(join(data, "database"))) + (await sizeOf(join(data, "blobs"))) + RESERVE;
  const { bavail, bsize } = await statfs(dirname(file));
  if (bavail * bsize >= needed) return;
  const inMiB = (bytes: number) => Math.ceil(bytes / 1024 / 1024);
  throw new Error(
    `${data} has ${inMiB(bavail * bsize)} MiB left, and a backup may need ${inMiB(needed)} MiB. Make room, or keep fewer backups.`,
  );
}

/** Of all files in a folder, in bytes. */
async function sizeOf(folder: string): Promise<number> {
  let size = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])) {
    // One that is gone meanwhile has no size.
    if (entry.isFile())
      size += await stat(join(entry.parentPath, entry.name)).then(
        (found) => found.size,
        () => 0,
      );
  }
  return size;
}
