import { randomBytes } from "node:crypto";
import { sql } from "kysely";
import type { MasterKey } from "../keys.ts";
import type { Db } from "./open.ts";
import { hasSqlState, SQLSTATE } from "./sqlstate.ts";

/**
 * Refuses a master key that the database does not belong to, because with it every secret in the database would be unreadable. It
 * changes nothing.
 *
 * @returns whether the database belongs to a key yet.
 * @throws Error when it belongs to others only.
 */
export async function checkInstance(db: Db, { fingerprint }: MasterKey): Promise<boolean> {
  const recorded = await listFingerprints(db);
  if (recorded.length > 0 && !recorded.includes(fingerprint)) throw otherKey(recorded, fingerprint);
  return recorded.length > 0;
}

function otherKey(recorded: readonly string[], fingerprint: string): Error {
  return new Error(
    `This database belongs to master key ${recorded.join(" or ")}, but the key given is ${fingerprint}. Start with the key that ` +
      "the database was made with, or that it was changed to (QUILLON_MASTER_KEY, or master.key in the data folder): no other key can decrypt its secrets.",
  );
}

/**
 * Makes the root key at the first start, and reads it at every later one.
 *
 * @returns the root key.
 * @throws Error when the database belongs to another master key.
 */
export function claimInstance(db: Db, master: MasterKey): Promise<Buffer> {
  const { fingerprint } = master;
  return db.transaction().execute(async (tx) => {
    const { rows: made } = await sql`
      insert into instance (master_key_fingerprint) values (${fingerprint}) on conflict do nothing returning true`.execute(
      tx,
    );
    await tx.selectFrom("instance").select("created_at").forUpdate().execute();
    await checkInstance(tx, master);
    const kept = await tx
      .selectFrom("master_keys")
      .selectAll()
      .where("fingerprint", "=", fingerprint)
      .executeTakeFirst();
    if (kept) return master.unwrap(kept.root_key);
    // In a database of a version that had no root keys everything is derived from the master key.
    const rootKey = made.length > 0 ? randomBytes(32) : master.bytes;
    await addMasterKey(tx, master, rootKey);
    return rootKey;
  });
}

/** Lets a further master key be used. */
export async function addMasterKey(db: Db, master: MasterKey, rootKey: Buffer): Promise<void> {
  await db
    .insertInto("master_keys")
    .values({ fingerprint: master.fingerprint, root_key: master.wrap(rootKey) })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await db.updateTable("instance").set({ master_key_fingerprint: master.fingerprint }).execute();
}

/** Lets no other master key be used than this one. @returns the fingerprints of those that could be used before. */
export async function removeOtherMasterKeys(db: Db, { fingerprint }: MasterKey): Promise<string[]> {
  const removed = await db
    .deleteFrom("master_keys")
    .where("fingerprint", "<>", fingerprint)
    .returning("fingerprint")
    .execute();
  await db.updateTable("instance").set({ master_key_fingerprint: fingerprint }).execute();
  return removed.map((key) => key.fingerprint).sort();
}

/** Of the master keys that the database belongs to, the oldest first; none before its first start. */
export async function listFingerprints(db: Db): Promise<string[]> {
  const { rows } = await sql<{ has: boolean }>`select to_regclass('master_keys') is not null as has`.execute(db);
  const kept = rows[0]?.has
    ? await db.selectFrom("master_keys").select("fingerprint").orderBy("created_at").orderBy("fingerprint").execute()
    : [];
  if (kept.length > 0) return kept.map(({ fingerprint }) => fingerprint);
  const newest = await findNewestFingerprint(db);
  return newest === undefined ? [] : [newest];
}

/** Of the master key that was added last; undefined before the first start. */
export async function findNewestFingerprint(db: Db): Promise<string | undefined> {
  const row = db.selectFrom("instance").select("master_key_fingerprint as newest").executeTakeFirst();
  return row.then(
    (found) => found?.newest,
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
