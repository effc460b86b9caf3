import { type RawBuilder, sql } from "kysely";
import type { Db } from "../db/open.ts";
import { prepared } from "../db/prepared.ts";
import { NOW } from "../db/time.ts";

/** An event with its bytes, or with the name of the blob that has them. */
export interface NewEvent {
  sequence: number;
  body: Buffer | null;
  blob: string | null;
}

/**
 * Records engine events of an update that runs and whose lease has not expired. An event whose sequence number is
 * recorded already is skipped.
 *
 * @param batch.results common table expressions that record, in the same statement, what the new events say. They find the
 *   sequence numbers of the new events in the table `recorded`.
 * @returns false when the update has ended or its lease has expired. Nothing was recorded then.
 */
export async function insertEngineEvents(
  db: Db,
  {
    updateId,
    events,
    resourceChanges,
    summarySequence,
    results,
  }: {
    updateId: string;
    events: readonly NewEvent[];
    resourceChanges: Record<string, number> | undefined;
    /** Of the engine's last event, if it is among the events. */
    summarySequence: number | undefined;
    results: readonly RawBuilder<unknown>[];
  },
): Promise<boolean> {
  const changes = resourceChanges ? JSON.stringify(resourceChanges) : null;
  // The bytes of all events are one value. The database would read as many values as a batch has one by one.
  const bytes = Buffer.concat(events.flatMap(({ body }) => body ?? []));
  let end = 0;
  const placed = events.map(({ sequence, body, blob }) => {
    const start = end + 1;
    end += body?.length ?? 0;
    return { sequence, blob, start, size: body?.length };
  });
  const steps = [
    sql`running as materialized (
      select id, lease_expires_at from updates where id = ${updateId} and status = 'running' for no key update
    )`,
    sql`live as materialized (select id from running where lease_expires_at > ${NOW})`,
    sql`recorded as (
      insert into engine_events (update_id, sequence, body, blob)
      select live.id, sequence, convert_from(substring(${bytes}::bytea from start for size), 'UTF8'), blob
      from live, json_to_recordset(${JSON.stringify(placed)}::json) as event (sequence bigint, blob text, start int, size int)
      on conflict do nothing
      returning update_id, sequence
    )`,
    sql`summarized as (
      update updates set
        resource_changes = coalesce(${changes}::json, resource_changes), summary_sequence = ${summarySequence ?? null}::bigint
      from live
      where updates.id = live.id and exists (select from recorded where sequence = ${summarySequence ?? null}::bigint)
    )`,
    ...results,
  ];
  const { rows: live } = await sql`${prepared} with ${sql.join(steps)} select id from live`.execute(db);
  return live.length === 1;
}

/** How many events the update has, and the highest sequence number of them. */
export async function countEngineEvents(db: Db, updateId: string): Promise<{ received: number; last: number | null }> {
  const { rows } = await sql<{ received: string; last: string | null }>`
    select count(*) as received, max(sequence) as last
    from engine_events where update_id = ${updateId}`.execute(db);
  const [row] = rows;
  return { received: Number(row?.received), last: row?.last == null ? null : Number(row.last) };
}

/** An engine event as it was sent: its JSON text, or the name of the blob that has it. */
export interface StoredEvent {
  sequence: number;
  body: string | null;
  blob: string | null;
}

interface EventsWanted {
  updateId: string;
  from: number;
  limit: number;
  bytes: number;
  /** Leaves out what can't have a payload of this name. */
  payload?: string | undefined;
}

/**
 * The update's events in order, starting with the sequence number `from`: at most `limit`, and at most `bytes` but at
 * least one. An event that is a blob comes alone.
 *
 * @returns also whether there may be more.
 */
export async function listEngineEvents(
  db: Db,
  { updateId, from, limit, bytes, payload }: EventsWanted,
): Promise<{ events: StoredEvent[]; full: boolean }> {
  // Finds more than those with this payload, because the name may be anywhere inside.
  const mayHave = payload === undefined ? sql`true` : sql`(body is null or body ~ ${`"${payload}"\\s*:`})`;
  const { rows } = await sql<{ sequence: string; body: string | null; blob: string | null }>`
    select sequence, case when fits then body end as body, case when fits then blob end as blob
    from (
      select sequence, body, blob, so_far <= ${bytes} or place = 1 as fits
      from (
        select sequence, body, blob, row_number() over (order by sequence) as place,
          sum(coalesce(octet_length(body), ${bytes} + 1)) over (order by sequence) as so_far
        from engine_events where update_id = ${updateId} and sequence >= ${String(from)} and ${mayHave}
        order by sequence limit ${limit}
      ) measured
    ) page
    order by sequence`.execute(db);
  const events = rows
    .filter(({ body, blob }) => body !== null || blob !== null)
    .map(({ sequence, ...event }) => ({ sequence: Number(sequence), ...event }));
  return { events, full: rows.length === limit || events.length < rows.length };
}

/** In events. A run that could not load its packs has one for each, and what they print. */
const FIRST = 200;
/** In events. After an error, some steps that have begun still end. */
const LAST = 300;
/** In bytes, of one event. What the engine says of an error is shorter. */
const LARGEST = 65_536;

/** The first and the last events of an update, decoded, in their order. One that is too large is null. */
export async function readFirstAndLastEvents(db: Db, updateId: string): Promise<unknown[]> {
  const { rows } = await sql<{ body: string | null }>`
    select case when octet_length(body) <= ${LARGEST} then body end as body from engine_events
    where update_id = ${updateId} and sequence in (
      (select sequence from engine_events where update_id = ${updateId} order by sequence limit ${FIRST})
      union
      (select sequence from engine_events where update_id = ${updateId} order by sequence desc limit ${LAST})
    )
    order by sequence`.execute(db);
  return rows.map(({ body }) => (body === null ? null : JSON.parse(body)));
}
