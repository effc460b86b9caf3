import { sql } from "kysely";
import type { Db } from "./open.ts";
import { hasSqlState, SQLSTATE } from "./sqlstate.ts";

/**
 * Refuses a master key other than the one that the database was made with, because with it every secret in the database
 * would be unreadable. It changes nothing.
 *
 * @returns whether the database has been claimed by `claimInstance`.
 * @throws Error when the database belongs to another key.
 */
export async function checkInstance(db: Db, fingerprint: string): Promise<boolean> {
  const recorded = await findFingerprint(db);
  if (recorded !== undefined && recorded !== fingerprint) {
    throw new Error(
      `This database belongs to master key ${recorded}, but the key given is ${fingerprint}. Start with the key that ` +
        "the database was made with (QUILLON_MASTER_KEY, or master.key in the data folder): no other key can decrypt its secrets.",
    );
  }
  return recorded !== undefined;
}

/**
 * Records the master key's fingerprint at the first start, and compares it at every later one.
 *
 * @throws Error when the database belongs to another key.
 */
export async function claimInstance(db: Db, fingerprint: string): Promise<void> {
  await sql`insert into instance (master_key_fingerprint) values (${fingerprint}) on conflict do nothing`.execute(db);
  await checkInstance(db, fingerprint);
}

/** Of the master key that the database belongs to; undefined before its first start. */
export async function findFingerprint(db: Db): Promise<string | undefined> {
  const row = db.selectFrom("instance").select("master_key_fingerprint as recorded").executeTakeFirst();
  return row.then(
    (found) => found?.recorded,
    (error: unknown) => {
      if (hasSqlState(error, SQLSTATE.undefinedTable)) return undefined;
      throw error;
    },
  );
}

/** The name of the blob store that belongs to the database. */
export async function findBlobStore(db: Db): Promise<string | undefined> {
  const { store } = await db.selectFrom("instance").select("blob_store as store").executeTakeFirstOrThrow();
  return store ?? undefined;
}

/** Gives the database its blob store, unless it has one. @returns the one that it has now. */
export async function recordBlobStore(db: Db, store: string): Promise<string | undefined> {
  await db.updateTable("instance").set({ blob_store: store }).where("blob_store", "is", null).execute();
  return findBlobStore(db);
}

/** Lets the next server give the database a blob store: a restored one has another than the database that it is a copy of. */
export async function forgetBlobStore(db: Db): Promise<void> {
  await db.updateTable("instance").set({ blob_store: null }).execute();
}
