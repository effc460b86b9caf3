import { sql } from "kysely";
import type { Lease } from "../context.ts";
import type { Db } from "../db/open.ts";
import { prepared } from "../db/prepared.ts";
import { NOW } from "../db/time.ts";
import type { StoredState } from "./store.ts";

/**
 * Stores the state that the update has reached, if it still holds its stack. The statement that writes first locks the
 * stack's row, and only then compares the epoch and the lease's expiry. So an update that has lost its lease can't write,
 * even when it waited for the database meanwhile.
 *
 * @param sequence the number that the update gave the state: that of the last one, or one more. Null when it numbers none.
 * @returns the blobs that nothing needs any more, undefined when the update has lost its lease, and the last number when it is
 * another one. Nothing was written then.
 */
export async function upsertCheckpoint(
  db: Db,
  lease: Lease,
  { body, blob, sha256, resourceCount }: StoredState,
  sequence: number | null = null,
): Promise<{ replaced: string[] } | { last: number } | undefined> {
  const { rows } = await sql<{ written: boolean; replaced: string[] | null; last: string | null }>`
    with holder as materialized (${holderOf(lease)}),
    live as materialized (select * from holder where lease_expires_at > ${NOW}),
    written as (
      insert into checkpoints
        (update_id, stack_id, version, body, blob, blob_sha256, resource_count, sequence, base_sequence)
      select id, stack_id, version, ${body}, ${blob}, ${sha256}, ${resourceCount}, ${sequence}::bigint, ${sequence}::bigint
      from live
      where coalesce(${sequence}::bigint, 1) = 1 or exists (select from checkpoints where update_id = live.id)
      on conflict (update_id) do update
        set body = excluded.body, blob = excluded.blob, blob_sha256 = excluded.blob_sha256,
          resource_count = excluded.resource_count, sequence = excluded.sequence, base_sequence = excluded.sequence,
          changes = null, change_bytes = 0, text_sha256 = null, saved_at = ${NOW}
        where excluded.sequence is null
          or excluded.sequence - coalesce(checkpoints.sequence, 0) in (0, 1) and checkpoints.changes is distinct from 'journal'
      returning update_id
    ),
    folded as (
      delete from state_changes using written where state_changes.update_id = written.update_id returning blob
    )
    select exists (select from written) as written,
      (select array_agg(blob) from (
        select blob from folded where blob is not null
        union select blob from checkpoints where update_id = ${lease.updateId} and blob is not null
      ) unneeded) as replaced,
      (select sequence from checkpoints where update_id = ${lease.updateId}) as last
    from live`.execute(db);
  const [row] = rows;
  if (!row) return undefined;
  return row.written ? { replaced: row.replaced ?? [] } : { last: Number(row.last ?? 0) };
}

/** The update of a lease while it holds its stack. Both rows stay locked, so that nothing changes that. */
export function holderOf(lease: Lease) {
  return sql`
    select u.id, u.stack_id, u.version, u.lease_expires_at
    from stacks s join updates u on u.stack_id = s.id
    where s.id = ${lease.stackId} and s.lease_epoch = ${lease.epoch} and u.id = ${lease.updateId}
    for no key update of s, u`;
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

/** A state as its row has it, without the changes on it. */
export interface CheckpointRow extends StoredState {
  updateId: string;
  changes: "deltas" | "journal" | null;
  /** How many bytes those have. */
  changeBytes: number;
  /** Of the last state that its update has numbered. */
  sequence: number | null;
  /** Of the one that the row has. */
  baseSequence: number | null;
  /** Of the text that its last delta made. */
  textSha256: string | null;
  /** When it was changed last, as the database writes it, and as a time. */
  savedAt: string;
  savedOn: Date;
  /** Of the client whose update it is, if that has said it. */
  clientVersion: string | null;
  /** Changes whenever the stack gets another state, or this one is removed. */
  revision: string;
}

/** The stack's newest state, or with `version` the newest of that version or an older one. Or that of an update. */
export async function readCheckpoint(
  db: Db,
  of: { stackId: string; version?: number | undefined } | { updateId: string },
): Promise<CheckpointRow | undefined> {
  const row = await db
    .selectFrom("checkpoints")
    .$if("updateId" in of, (query) => query.where("update_id", "=", "updateId" in of ? of.updateId : ""))
    .$if("stackId" in of, (query) => query.where("stack_id", "=", "stackId" in of ? of.stackId : ""))
    .$if("version" in of && of.version !== undefined, (query) =>
      query.where("version", "<=", "version" in of ? (of.version ?? 0) : 0),
    )
    .orderBy("version", "desc")
    .limit(1)
    .select([
      "update_id as updateId",
      "body",
      "blob",
      "blob_sha256 as sha256",
      "resource_count as resourceCount",
      "changes",
      "change_bytes as changeBytes",
      "sequence",
      "base_sequence as baseSequence",
      "text_sha256 as textSha256",
      sql<string>`saved_at::text`.as("savedAt"),
      "saved_at as savedOn",
      sql<string | null>`(select environment->>'pulumi.version' from updates where id = update_id)`.as("clientVersion"),
      revision.as("revision"),
    ])
    .executeTakeFirst();
  if (!row) return undefined;
  const { changeBytes, sequence, baseSequence } = row;
  return {
    ...row,
    changeBytes: Number(changeBytes),
    sequence: numberOf(sequence),
    baseSequence: numberOf(baseSequence),
  };
}

export function numberOf(text: string | null): number | null {
  return text === null ? null : Number(text);
}

/** Changes whenever the stack gets another state, or this one is removed. */
const revision = sql<string>`concat_ws(' ', update_id, saved_at, num_nonnulls(body, blob))`;

/** Of the stack's newest state. In a transaction it tells whether the stack still has a state that was read before. */
export async function readRevision(db: Db, stackId: string): Promise<string | undefined> {
  const { rows } = await sql<{ revision: string }>`${prepared}
    select ${revision} as revision from checkpoints where stack_id = ${stackId} order by version desc limit 1`.execute(
    db,
  );
  return rows[0]?.revision;
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
        and old.changes is null
      where not exists (
        select from updates where stack_id = stack.id and not receipted and ended_at is not null
      )
      limit ${limit}
    )`.execute(db);
  return Number(numAffectedRows ?? 0);
}
