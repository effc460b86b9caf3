import { sql } from "kysely";
import type { Db } from "../db/open.ts";
import { secondsAgo } from "../db/time.ts";

/** A row is stored minutes after its blob was recorded, or never. */
const ABANDONED = secondsAgo(3600);

/** Records a blob before it is made. */
export async function insertUpdateBlob(db: Db, name: string): Promise<void> {
  await db.insertInto("update_blobs").values({ name }).execute();
}

/** Lets the next sweep remove blobs, unless a row has them. */
export async function abandonUpdateBlobs(db: Db, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  await sql`update update_blobs set created_at = to_timestamp(0) where name = any(${[...names]}::text[])`.execute(db);
}

export async function deleteUpdateBlobs(db: Db, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  await db.deleteFrom("update_blobs").where("name", "in", names).execute();
}

/** Blobs of an hour ago or older that no checkpoint, no change of one and no engine event has; at most 1,000 of them. */
export async function listOrphanUpdateBlobs(db: Db): Promise<string[]> {
  const rows = await db
    .selectFrom("update_blobs as blob")
    .leftJoin("checkpoints as checkpoint", "checkpoint.blob", "blob.name")
    .leftJoin("state_changes as change", "change.blob", "blob.name")
    .leftJoin("engine_events as event", "event.blob", "blob.name")
    .where("checkpoint.update_id", "is", null)
    .where("change.update_id", "is", null)
    .where("event.update_id", "is", null)
    .where("blob.created_at", "<", ABANDONED)
    .limit(1_000)
    .select("blob.name")
    .execute();
  return rows.map(({ name }) => name);
}
