import { mkdir } from "node:fs/promises";
import { diskBlobs } from "../blobs/disk.ts";
import { openBlobs } from "../blobs/open.ts";
import type { BlobStore } from "../blobs/types.ts";
import { lockFolder } from "../db/lock.ts";
import { migrate, migrateTo, migrationNames, newestMigration } from "../db/migrate.ts";
import type { Db } from "../db/open.ts";
import { findGivenKey, type KeySettings } from "../master-key.ts";
import type { Settings } from "../settings.ts";
import { beginAgain, finish, hasDatabase, makeFolder } from "../store.ts";
import { bytesOf, readArchive } from "./archive.ts";
import { partOf, readRows } from "./format.ts";
import { load, notEmpty } from "./load.ts";
import { withDatabase } from "./open.ts";
import { findFilled } from "./tables.ts";
import { type Verified, verify } from "./verify.ts";

export interface Restored extends Verified {
  /** Blobs that rows name and the backup does not have. */
  missing: string[];
}

/**
 * Fills an empty database and an empty folder of blobs with a backup, and brings the schema to this version's.
 *
 * @param settle is called at the end, with the newest schema.
 * @throws Error with a sentence for the operator. Then the database has no rows.
 */
export async function restoreBackup(
  where: KeySettings & Pick<Settings, "blobs">,
  file: string,
  settle: (db: Db) => Promise<void>,
): Promise<Restored> {
  const backup = await verify(file);
  await requireSchema(backup.manifest.schema);
  await requireKey(where, backup.manifest.masterKeys);
  if (where.blobs && !where.databaseUrl)
    throw new Error(
      "QUILLON_BLOBS needs QUILLON_DATABASE_URL: the embedded database keeps its blobs in the data folder.",
    );
  const blobs = await openBlobs(where);
  await makeFolder(where.data);
  const lock = where.databaseUrl ? undefined : await lockFolder(where.data, () => `process ${process.pid}, restoring`);
  try {
    await requireNoBlobs(blobs, where);
    if (!where.databaseUrl) await requireNoDatabase(where.data);
    if (!where.databaseUrl) await beginAgain(where.data);
    const missing = await withDatabase(where, async (db) => {
      await requireEmpty(db, backup.manifest.schema);
      await migrateTo(db, backup.manifest.schema);
      const lacked = await (where.blobs ? fillStore(db, blobs, file, backup) : fill(db, blobs.place, file, backup));
      await migrate(db);
      await settle(db);
      return lacked;
    });
    if (!where.databaseUrl) await finish(where.data);
    return { ...backup, missing };
  } finally {
    await lock?.release();
  }
}

/**
 * Fills a database, which has the backup's schema, and a folder of blobs, or leaves both empty.
 *
 * @returns the blobs that rows name and the backup does not have.
 * @throws Error as `load`.
 */
export async function fill(db: Db, folder: string, file: string, backup: Verified): Promise<string[]> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return fillStore(db, diskBlobs(folder), file, backup);
}

async function fillStore(db: Db, blobs: BlobStore, file: string, { manifest }: Verified): Promise<string[]> {
  const stored = new Set<string>();
  try {
    const named = await load(db, manifest, (insert) =>
      readArchive(file, async (entry) => {
        const part = partOf(entry.name);
        if (part.kind === "rows") await insert(part.table, readRows(await bytesOf(entry)));
        if (part.kind !== "blob") return;
        await blobs.put(part.name, entry.bytes);
        stored.add(part.name);
      }),
    );
    return named.filter((name) => !stored.has(name));
  } catch (error) {
    await blobs.clear();
    throw error;
  }
}

async function requireSchema(schema: string): Promise<void> {
  const known = await migrationNames();
  if (known.includes(schema)) return;
  throw new Error(
    `This backup is of a newer Quillon: its schema is ${schema}, and this version knows none after ${known.at(-1)}. ` +
      "Restore it with that version, or one after it.",
  );
}

/** Before anything is changed, because without the key the restored data would be worth nothing. */
async function requireKey(where: KeySettings, fingerprints: readonly string[]): Promise<void> {
  const key = await findGivenKey(where);
  const how = where.databaseUrl
    ? "Set QUILLON_MASTER_KEY to the key that the server had when it was backed up."
    : `Put the master.key that the server had when it was backed up into ${where.data}, or set QUILLON_MASTER_KEY to it.`;
  const belongs = `This backup belongs to master key ${fingerprints.join(" or ")}`;
  if (!key) throw new Error(`${belongs}, and no key is given. ${how}`);
  if (!fingerprints.includes(key.fingerprint))
    throw new Error(`${belongs}, but the key given is ${key.fingerprint}. ${how}`);
}

async function requireNoDatabase(data: string): Promise<void> {
  if (!(await hasDatabase(data))) return;
  throw new Error(
    `${data} has a database already, and a backup is restored only into a folder without one. Nothing was changed. Choose another folder with --data (QUILLON_DATA).`,
  );
}

async function requireNoBlobs(store: BlobStore, { blobs }: Pick<Settings, "blobs">): Promise<void> {
  if (await store.isEmpty()) return;
  throw new Error(
    blobs
      ? `${store.place} is not empty, and a backup is restored only into a bucket or prefix without blobs. Nothing was changed. Choose another prefix with QUILLON_BLOBS, or remove what is there, if a restore that broke off has left it.`
      : `${store.place} is not empty, and a backup is restored only into a folder without blobs. Nothing was changed. Choose another folder with --data (QUILLON_DATA), or remove this one, if a restore that broke off has left it.`,
  );
}

async function requireEmpty(db: Db, schema: string): Promise<void> {
  const filled = await findFilled(db);
  if (filled !== undefined) throw new Error(notEmpty(filled));
  const has = await newestMigration(db);
  if (has === undefined || has <= schema) return;
  throw new Error(
    `The database is empty, but its schema is ${has} already, and the backup's is ${schema}. Nothing was changed. Make a new database.`,
  );
}
