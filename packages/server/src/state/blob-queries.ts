import { sql } from "kysely";
import type { Db } from "../db/open.ts";
import { secondsAgo } from "../db/time.ts";

/** A row is stored minutes after its blob was recorded, or never. */
const ABANDONED = secondsAgo(3600);

/** Records a blob before it is made. */
export async function insertStateBlob(db: Db, name: string): Promise<void> {
  await db.insertInto("state_blobs").values({ name }).execute();
}

/** Lets the next sweep remove a blob, unless a checkpoint has it. */
export async function abandonStateBlob(db: Db, name: string): Promise<void> {
  await sql`update state_blobs set created_at = to_timestamp(0) where name = ${name}`.execute(db);
}

export async function deleteStateBlobs(db: Db, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  await db.deleteFrom("state_blobs").where("name", "in", names).execute();
}

/** Blobs of an hour ago or older that no checkpoint and no engine event has; at most 1,000 of them. */
export async function listOrphanStates(db: Db): Promise<string[]> {
  const rows = await db
    .selectFrom("state_blobs as state")
    .leftJoin("checkpoints as checkpoint", "checkpoint.blob", "state.name")
    .leftJoin("engine_events as event", "event.blob", "state.name")
    .where("checkpoint.update_id", "is", null)
    .where("event.update_id", "is", null)
    .where("state.created_at", "<", ABANDONED)
    .limit(1_000)
    .select("state.name")
    .execute();
  return rows.map(({ name }) => name);
}
