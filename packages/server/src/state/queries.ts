import { sql } from "kysely";
import type { Lease } from "../context.ts";
import type { Db } from "../db/open.ts";
import { NOW } from "../db/time.ts";
import type { StoredState } from "./store.ts";

/**
 * Stores the state that the update has reached, if it still holds its stack. The statement that writes first locks the
 * stack's row, and only then compares the epoch and the lease's expiry. So an update that has lost its lease can't write,
 * even when it waited for the database meanwhile.
 *
 * @returns the blob of the state that it replaced, if that had one; undefined when the update has lost its lease. Nothing
 * was written then.
 */
export async function upsertCheckpoint(
  db: Db,
  lease: Lease,
  { body, blob, sha256, resourceCount }: StoredState,
): Promise<{ replaced: string | null } | undefined> {
  const { rows } = await sql<{ replaced: string | null }>`
    with holder as materialized (
      select u.id, u.stack_id, u.version, u.lease_expires_at
      from stacks s join updates u on u.stack_id = s.id
      where s.id = ${lease.stackId} and s.lease_epoch = ${lease.epoch} and u.id = ${lease.updateId}
      for no key update of s, u
    )
    insert into checkpoints (update_id, stack_id, version, body, blob, blob_sha256, resource_count)
    select id, stack_id, version, ${body}, ${blob}, ${sha256}, ${resourceCount} from holder where lease_expires_at > ${NOW}
    on conflict (update_id) do update
      set body = excluded.body, blob = excluded.blob, blob_sha256 = excluded.blob_sha256,
        resource_count = excluded.resource_count, saved_at = ${NOW}
    returning (select blob from checkpoints where update_id = ${lease.updateId}) as replaced`.execute(db);
  return rows[0];
}

/**
 * Stores the state of an update that is over as soon as it is recorded. The stack must be locked, and no update may hold
 * it.
 */
export async function insertCheckpoint(
  db: Db,
  checkpoint: StoredState & { updateId: string; stackId: string; version: number },
): Promise<void> {
  await db
    .insertInto("checkpoints")
    .values({
      update_id: checkpoint.updateId,
      stack_id: checkpoint.stackId,
      version: checkpoint.version,
      body: checkpoint.body,
      blob: checkpoint.blob,
      blob_sha256: checkpoint.sha256,
      resource_count: checkpoint.resourceCount,
    })
    .execute();
}

export interface NewestState extends StoredState {
  /** Changes whenever the stack gets another state, or this one is removed. */
  revision: string;
}

/** The stack's newest state, or with `version` the newest of that version or an older one. */
export async function readCheckpoint(db: Db, stackId: string, version?: number): Promise<NewestState | undefined> {
  return db
    .selectFrom("checkpoints")
    .where("stack_id", "=", stackId)
    .$if(version !== undefined, (query) => query.where("version", "<=", version ?? 0))
    .orderBy("version", "desc")
    .limit(1)
    .select([
      "body",
      "blob",
      "blob_sha256 as sha256",
      "resource_count as resourceCount",
      sql<string>`update_id || ' ' || saved_at || ' ' || num_nonnulls(body, blob)`.as("revision"),
    ])
    .executeTakeFirst();
}

/** How many resources are in the newest state of each stack, by stack id. A stack without state is left out. */
export async function readResourceCounts(db: Db, stackIds: readonly string[]): Promise<Map<string, number>> {
  if (stackIds.length === 0) return new Map();
  const { rows } = await sql<{ id: string; count: number }>`
    select stack.id::text as id, newest.resource_count as count
    from unnest(${[...stackIds]}::uuid[]) as stack (id)
    cross join lateral (
      select resource_count from checkpoints where stack_id = stack.id order by version desc limit 1
    ) newest`.execute(db);
  return new Map(rows.map(({ id, count }) => [id, count]));
}

/** The ids of stacks after this one. */
export async function listStacksAfter(db: Db, after: string, limit: number): Promise<string[]> {
  const rows = await db.selectFrom("stacks").where("id", ">", after).orderBy("id").limit(limit).select("id").execute();
  return rows.map(({ id }) => id);
}

/**
 * Removes from each of the stacks all states but the newest ones, at most so many. Their rows stay, with how many resources they
 * had. A stack with an update that runs or has no receipt yet is left alone, because its last two states are compared then.
 *
 * @returns how many.
 */
export async function removeStates(
  db: Db,
  stackIds: readonly string[],
  { keep, limit }: { keep: number; limit: number },
): Promise<number> {
  const { numAffectedRows } = await sql`
    update checkpoints set body = null, blob = null, blob_sha256 = null
    where num_nonnulls(body, blob) = 1 and update_id in (
      select old.update_id from unnest(${[...stackIds]}::uuid[]) as wanted (id)
      join stacks stack on stack.id = wanted.id and stack.lease_update_id is null
      cross join lateral (
        select version from checkpoints where stack_id = stack.id and num_nonnulls(body, blob) = 1
        order by version desc offset ${keep - 1}::int limit 1
      ) as oldest
      join checkpoints old on old.stack_id = stack.id and old.version < oldest.version and num_nonnulls(old.body, old.blob) = 1
      where not exists (
        select from updates where stack_id = stack.id and not receipted and ended_at is not null
      )
      limit ${limit}
    )`.execute(db);
  return Number(numAffectedRows ?? 0);
}
