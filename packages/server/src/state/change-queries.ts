import { sql } from "kysely";
import type { Lease } from "../context.ts";
import type { Db } from "../db/open.ts";
import { NOW } from "../db/time.ts";
import { type CheckpointRow, holderOf, numberOf } from "./queries.ts";
import type { StoredState } from "./store.ts";

/** Queries for what an update has changed on a state since it was stored whole: deltas, or the entries of a journal. */

/** A change on a state: its JSON text, or the name of the blob that has it. */
export interface StoredChange {
  body: string | null;
  blob: string | null;
}

type Changed = Pick<CheckpointRow, "updateId" | "baseSequence">;

/**
 * The numbers with which pages of `size` changes end that are not in the row of the update's state yet, and the last of all. A page is
 * read between two of them and not by a limit, because the database may read and sort all that comes after a page then.
 *
 * @returns undefined when the row has another state than the one that was read before.
 */
export async function listPageEnds(
  db: Db,
  { updateId, baseSequence }: Changed,
  size: number,
): Promise<string[] | undefined> {
  const { rows } = await sql<{ base: string | null; sequence: string | null }>`
    select checkpoint.base_sequence as base, numbered.sequence
    from checkpoints checkpoint left join (
      select sequence, row_number() over (order by sequence) as place, count(*) over () as count
      from state_changes where update_id = ${updateId} and sequence > ${baseSequence ?? -1}::bigint
    ) numbered on place % ${size}::int = 0 or place = count
    where checkpoint.update_id = ${updateId} and checkpoint.changes is not null
    order by numbered.sequence`.execute(db);
  return ofSameBase(rows, baseSequence)?.map(({ sequence }) => sequence);
}

/**
 * The changes after one number up to another, in their order.
 *
 * @param after undefined: those that are not in the row of the update's state yet.
 * @returns undefined when the row has another state than the one that was read before.
 */
export async function listChanges(
  db: Db,
  { updateId, baseSequence }: Changed,
  { after, until }: { after: string | undefined; until: string },
): Promise<(StoredChange & { sequence: string })[] | undefined> {
  const { rows } = await sql<StoredChange & { base: string | null; sequence: string | null }>`
    select checkpoint.base_sequence as base, change.sequence, change.body, change.blob
    from checkpoints checkpoint left join state_changes change on change.update_id = checkpoint.update_id
      and change.sequence > ${after ?? baseSequence ?? -1}::bigint and change.sequence <= ${until}::bigint
    where checkpoint.update_id = ${updateId} and checkpoint.changes is not null
    order by change.sequence`.execute(db);
  return ofSameBase(rows, baseSequence)?.map(({ sequence, body, blob }) => ({ sequence, body, blob }));
}

/** The rows that have a number; undefined when their base is another one. */
function ofSameBase<R extends { base: string | null; sequence: string | null }>(
  rows: readonly R[],
  baseSequence: number | null,
): (R & { sequence: string })[] | undefined {
  const [first] = rows;
  if (!first || numberOf(first.base) !== baseSequence) return undefined;
  return rows.filter((row): row is R & { sequence: string } => row.sequence !== null);
}

/** How many changes `listChanges` lists up to one of them. */
export async function countChanges(
  db: Db,
  { updateId, baseSequence }: Changed,
  last: string | undefined,
): Promise<number> {
  const { rows } = await sql<{ count: string }>`
    select count(*) from state_changes
    where update_id = ${updateId} and sequence > ${baseSequence ?? -1}::bigint and sequence <= ${last ?? -1}::bigint`.execute(
    db,
  );
  return Number(rows[0]?.count);
}

/**
 * Stores a delta of the text that the row has with its changes, if nothing has changed it since it was read.
 *
 * @param delta.folded the state that the delta makes, in place of what the row and its changes have.
 * @returns the blobs that nothing needs any more; undefined when the update has lost its lease, and false when the state has changed.
 * Nothing was written then.
 */
export async function insertDelta(
  db: Db,
  lease: Lease,
  read: Pick<CheckpointRow, "savedAt">,
  delta: {
    sequence: number;
    textSha256: string;
    resourceCount: number;
  } & ({ stored: StoredChange & { bytes: number } } | { folded: StoredState }),
): Promise<string[] | false | undefined> {
  const { sequence, textSha256, resourceCount } = delta;
  const folded = "folded" in delta ? delta.folded : undefined;
  const change = "stored" in delta ? delta.stored : undefined;
  const { rows } = await sql<{ written: boolean; replaced: string[] | null }>`
    with holder as materialized (${holderOf(lease)}),
    live as materialized (select * from holder where lease_expires_at > ${NOW}),
    written as (
      update checkpoints set
        sequence = ${sequence}::bigint, text_sha256 = ${textSha256}, resource_count = ${resourceCount}, saved_at = ${NOW},
        ${
          folded
            ? sql`changes = null, change_bytes = 0, base_sequence = ${sequence}::bigint, body = ${folded.body}, blob = ${folded.blob},
              blob_sha256 = ${folded.sha256}`
            : sql`changes = 'deltas', change_bytes = change_bytes + ${change?.bytes ?? 0}::bigint`
        }
      from live
      where checkpoints.update_id = live.id and checkpoints.sequence = ${sequence - 1}::bigint
        and checkpoints.saved_at = ${read.savedAt}::timestamptz
      returning checkpoints.update_id
    ),
    added as (
      insert into state_changes (update_id, sequence, body, blob)
      select update_id, ${sequence}::bigint, ${change?.body ?? null}::text, ${change?.blob ?? null}::text from written
      where ${change !== undefined}::boolean
    ),
    folded as (
      delete from state_changes using written
      where ${folded !== undefined}::boolean and state_changes.update_id = written.update_id
      returning blob
    )
    select exists (select from written) as written,
      (select array_agg(blob) from (
        select blob from folded where blob is not null
        union select blob from checkpoints
          where ${folded !== undefined}::boolean and update_id = ${lease.updateId} and blob is not null
      ) unneeded) as replaced
    from live`.execute(db);
  const [row] = rows;
  if (!row) return undefined;
  return row.written ? (row.replaced ?? []) : false;
}

/**
 * Makes the state with which a journal begins the one of its update: the one before it, which has no changes, or an empty one. It changes
 * nothing when the update has a state, or has lost its lease.
 */
export async function insertJournalBase(db: Db, lease: Lease, empty: Buffer): Promise<void> {
  await sql`
    with holder as materialized (${holderOf(lease)})
    insert into checkpoints (update_id, stack_id, version, body, blob, blob_sha256, resource_count, changes)
    select id, stack_id, version, case when before.resource_count is null then ${empty} else before.body end,
      before.blob, before.blob_sha256, coalesce(before.resource_count, 0), 'journal'
    from holder left join lateral (
      select body, blob, blob_sha256, resource_count, changes from checkpoints
      where stack_id = holder.stack_id and version < holder.version order by version desc limit 1
    ) before on true
    where lease_expires_at > ${NOW} and before.changes is null
    on conflict (update_id) do nothing`.execute(db);
}

/** An entry of a journal, with its number. */
export interface NewEntry extends StoredChange {
  sequence: number;
  bytes: number;
}

/**
 * Adds entries to the journal of an update that holds its stack. Those that it has already are skipped.
 *
 * @param bounds.most bytes that the whole journal may have.
 * @param bounds.counted bodies of which the whole journal may have so many: `mostCounted`.
 * @returns what keeps them from being added: the update has lost its lease, has no state yet with which its journal begins, has sent
 * deltas, or another entry with one of the numbers, or the journal would be too large, or have too many of those that are counted. Nothing
 * was written then.
 */
export async function insertEntries(
  db: Db,
  lease: Lease,
  entries: readonly NewEntry[],
  { most, counted, mostCounted }: { most: number; counted: readonly string[]; mostCounted: number },
): Promise<"lost" | "no_base" | "deltas" | "other_entry" | "too_large" | "counted" | undefined> {
  // Most batches have none, and all that the update has sent need not be read for them.
  const counts = entries.some(({ body }) => body !== null && counted.includes(body));
  // The bytes of all entries are one value. The database would read as many values as a batch has one by one.
  const bodies = entries.map(({ body }) => (body === null ? undefined : Buffer.from(body)));
  let end = 0;
  const placed = entries.map(({ sequence, blob, bytes }, index) => {
    const start = end + 1;
    end += bodies[index]?.length ?? 0;
    return { sequence, blob, bytes, start, size: bodies[index]?.length };
  });
  const all = Buffer.concat(bodies.flatMap((body) => body ?? []));
  const { rows } = await sql<{ written: boolean; other: boolean; crowded: boolean; changes: string | null }>`
    with holder as materialized (${holderOf(lease)}),
    live as materialized (select * from holder where lease_expires_at > ${NOW}),
    sent as materialized (
      select sequence, blob, bytes, convert_from(substring(${all}::bytea from start for size), 'UTF8') as body
      from json_to_recordset(${JSON.stringify(placed)}::json)
        as entry (sequence bigint, blob text, bytes bigint, start int, size int)
    ),
    compared as materialized (
      select sent.*, known.sequence is not null as is_known,
        known.body is distinct from sent.body
          -- The name of a blob has the digest of its bytes, but not if an older version has made it.
          or nullif(split_part(known.blob, '.', 2), '') <> split_part(sent.blob, '.', 2) as differs
      from live, sent left join lateral (
        -- Without the offset the planner would make one join of it, and read all that the update has sent for each batch.
        select sequence, body, blob from state_changes where update_id = live.id and sequence = sent.sequence offset 0
      ) known on true
    ),
    other as (select from compared where is_known and differs),
    crowded as (
      select from live where ${counts}::boolean and ${mostCounted}::bigint < (
        select count(*) from (
          select sequence from sent where body = any(${[...counted]}::text[])
          union select sequence from state_changes where update_id = live.id and body = any(${[...counted]}::text[])
        ) counted)
    ),
    more as (select coalesce(sum(bytes), 0)::bigint as bytes from compared where not is_known),
    written as (
      update checkpoints set changes = 'journal', sequence = null, base_sequence = null, text_sha256 = null, saved_at = ${NOW},
        change_bytes = change_bytes + more.bytes
      from live, more
      where checkpoints.update_id = live.id and checkpoints.changes is distinct from 'deltas' and not exists (select from other)
        and not exists (select from crowded) and change_bytes + more.bytes <= ${most}::bigint
      returning checkpoints.update_id
    ),
    added as (
      insert into state_changes (update_id, sequence, body, blob)
      select written.update_id, sequence, body, blob from written, compared where not is_known
      on conflict do nothing
    )
    select exists (select from written) as written, exists (select from other) as other, exists (select from crowded) as crowded,
      (select changes from checkpoints where update_id = live.id) as changes
    from live`.execute(db);
  const [row] = rows;
  if (!row) return "lost";
  if (row.written) return undefined;
  if (row.other) return "other_entry";
  if (row.crowded) return "counted";
  if (row.changes === null) return "no_base";
  return row.changes === "deltas" ? "deltas" : "too_large";
}

/**
 * Stores in the row what it and its changes make, if nothing has changed it since it was read.
 *
 * @returns the blobs that nothing needs any more.
 */
export async function foldRow(
  db: Db,
  { updateId, savedAt }: Pick<CheckpointRow, "updateId" | "savedAt">,
  { body, blob, sha256, resourceCount }: StoredState,
): Promise<string[]> {
  const { rows } = await sql<{ replaced: string[] | null }>`
    with written as (
      update checkpoints set body = ${body}, blob = ${blob}, blob_sha256 = ${sha256}, resource_count = ${resourceCount},
        changes = null, change_bytes = 0, base_sequence = sequence
      where update_id = ${updateId} and saved_at = ${savedAt}::timestamptz and changes is not null
        and exists (select from updates where id = update_id and ended_at is not null)
      returning update_id
    ),
    folded as (
      delete from state_changes using written where state_changes.update_id = written.update_id returning blob
    )
    select array_agg(blob) as replaced from (
      select blob from folded where blob is not null
      union select blob from checkpoints join written using (update_id) where blob is not null
    ) unneeded`.execute(db);
  return rows[0]?.replaced ?? [];
}

/** The updates that have ended and left changes on their state, of one stack or all; at most so many. */
export async function listUnfolded(
  db: Db,
  { stackId, limit }: { stackId: string | undefined; limit: number },
): Promise<string[]> {
  const rows = await db
    .selectFrom("checkpoints")
    .innerJoin("updates as update", "update.id", "checkpoints.update_id")
    .where("checkpoints.changes", "is not", null)
    .where("update.ended_at", "is not", null)
    .orderBy("update.ended_at", "desc")
    .$if(stackId !== undefined, (query) => query.where("checkpoints.stack_id", "=", stackId ?? ""))
    .limit(limit)
    .select("update.id")
    .execute();
  return rows.map(({ id }) => id);
}
