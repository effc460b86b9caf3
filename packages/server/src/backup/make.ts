import { access } from "node:fs/promises";
import { join } from "node:path";
import { diskBlobs } from "../blobs/disk.ts";
import { openBlobs, openBucket } from "../blobs/open.ts";
import type { BlobStore, Blobs } from "../blobs/types.ts";
import { findBlobStore } from "../db/instance.ts";
import { lockFolder } from "../db/lock.ts";
import type { Db } from "../db/open.ts";
import type { Settings } from "../settings.ts";
import { requireFolder } from "../store.ts";
import { writeArchive } from "./archive.ts";
import { askForCopy } from "./copy.ts";
import { type Dumped, dump, inSnapshot } from "./dump.ts";
import { holdLinks } from "./held-links.ts";
import { withDatabase } from "./open.ts";
import { listBlobs } from "./tables.ts";

export type Where = Pick<Settings, "data" | "databaseUrl" | "blobs">;

/** How often a snapshot is taken again, because a server has removed a blob that it names before it was linked. */
const TRIES = 5;

/**
 * Writes all that a server has stored into one file, but the master key: as it was at one moment, also while servers run.
 *
 * @throws Error with a sentence for the operator. Then there is no file.
 */
export async function makeBackup(
  where: Where,
  file: string,
  { version, signal }: { version: string; signal?: AbortSignal | undefined },
): Promise<Dumped> {
  if (await isThere(file)) throw new Error(`There is ${file} already. Choose another name, or remove it.`);
  const write = (tx: Db, blobs: Pick<Blobs, "get">, until = signal) =>
    writeArchive(file, (archive) => dump(tx, { blobs, version }, archive), until);
  if (where.databaseUrl) return beside(where, write);
  await requireFolder(where);
  const copy = await askForCopy(where.data);
  if (!copy) return alone(where, write);
  const until = signal ? AbortSignal.any([signal, copy.gone]) : copy.gone;
  try {
    return await withDatabase({ data: copy.folder }, (db) =>
      inSnapshot(db, (tx) => write(tx, diskBlobs(join(copy.folder, "blobs")), until)),
    );
  } finally {
    copy.release();
  }
}

type Write = (tx: Db, blobs: Pick<Blobs, "get">) => Promise<Dumped>;

/** Of a folder that no server has open. */
async function alone(where: Where, write: Write): Promise<Dumped> {
  const lock = await lockFolder(where.data, () => `process ${process.pid}, making a backup`);
  try {
    return await withDatabase(where, (db) => inSnapshot(db, (tx) => write(tx, diskBlobs(join(where.data, "blobs")))));
  } finally {
    await lock.release();
  }
}

/** Of a PostgreSQL, beside the servers that use it. */
async function beside(where: Where, write: Write): Promise<Dumped> {
  const store = await openBlobs(where);
  return withDatabase(where, async (db) => {
    for (let left = TRIES - 1; ; left -= 1) {
      try {
        return await inSnapshot(db, async (tx) => {
          await requireBlobs(tx, store, where);
          const held = await hold(where, await listBlobs(tx));
          try {
            if (held.missing.length > 0 && left > 0) throw new Removed();
            return await write(tx, held.blobs);
          } finally {
            await held.release();
          }
        });
      } catch (error) {
        if (!(error instanceof Removed)) throw error;
      }
    }
  });
}

/** Keeps the blobs of a snapshot while they are read. */
async function hold({ data, blobs }: Where, names: readonly string[]): ReturnType<typeof holdLinks> {
  return blobs ? (await openBucket(blobs)).hold(names) : holdLinks(data, names);
}

class Removed extends Error {}

/** @throws Error when the blob store is not the one of the database's servers. */
async function requireBlobs(db: Db, blobs: BlobStore, where: Where): Promise<void> {
  const store = await findBlobStore(db);
  if (!store) return;
  const mark = await blobs.get(`store-${store}`);
  mark?.bytes.destroy();
  if (mark) return;
  throw new Error(
    where.blobs
      ? `${blobs.place} is not the blob store of this database's servers: store-${store} is not in it. Name theirs with QUILLON_BLOBS.`
      : `${where.data} is not the data folder of this database's servers: blobs/store-${store} is not in it. Name theirs with --data (QUILLON_DATA), or their bucket with QUILLON_BLOBS.`,
  );
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
