import { sql } from "kysely";
import type { Db } from "./open.ts";

/**
 * Records the master key's fingerprint at the first start, and compares it at every later one, because with another key
 * every secret in the database would be unreadable.
 *
 * @throws Error when the database belongs to another key.
 */
export async function claimInstance(db: Db, fingerprint: string): Promise<void> {
  await sql`insert into instance (master_key_fingerprint) values (${fingerprint}) on conflict do nothing`.execute(db);
  const { recorded } = await db
    .selectFrom("instance")
    .select("master_key_fingerprint as recorded")
    .executeTakeFirstOrThrow();
  if (recorded !== fingerprint) {
    throw new Error(
      `This database belongs to master key ${recorded}, but the key given is ${fingerprint}. ` +
        "Start the server with the key that the database was made with: no other key can decrypt its secrets.",
    );
  }
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
