import { type RawBuilder, sql } from "kysely";
import type { Db } from "../db/open.ts";
import { NOW } from "../db/time.ts";

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
    results,
  }: {
    updateId: string;
    events: readonly { sequence: number; body: Buffer }[];
    resourceChanges: Record<string, number> | undefined;
    results: readonly RawBuilder<unknown>[];
  },
): Promise<boolean> {
  const changes = resourceChanges ? JSON.stringify(resourceChanges) : null;
  // Bytes go to the database as they are. An array of texts would be escaped character by character.
  const values = [sql`(null::bigint, null::text)`, ...events.map(({ sequence, body }) => sql`(${sequence}, ${body})`)];
  const steps = [
    sql`running as materialized (
      select id, lease_expires_at from updates where id = ${updateId} and status = 'running' for no key update
    )`,
    sql`live as materialized (select id from running where lease_expires_at > ${NOW})`,
    sql`recorded as (
      insert into engine_events (update_id, sequence, body)
      select live.id, event.sequence, event.body
      from live, (values ${sql.join(values)}) as event (sequence, body)
      where event.sequence is not null
      on conflict do nothing
      returning update_id, sequence
    )`,
    sql`summarized as (
      update updates set resource_changes = ${changes}::json from live where updates.id = live.id and ${changes}::json is not null
    )`,
    ...results,
  ];
  const { rows: live } = await sql`with ${sql.join(steps)} select id from live`.execute(db);
  return live.length === 1;
}

/** An engine event as it was sent. */
export interface EngineEvent {
  sequence: number;
  /** JSON text. */
  body: string;
}

/**
 * The update's events in order, starting with the sequence number `from`: at most `limit`, and at most `bytes` but at
 * least one.
 *
 * @returns also whether there may be more.
 */
export async function listEngineEvents(
  db: Db,
  { updateId, from, limit, bytes }: { updateId: string; from: number; limit: number; bytes: number },
): Promise<{ events: EngineEvent[]; full: boolean }> {
  const { rows } = await sql<{ sequence: string; body: string | null }>`
    select sequence,
      case when so_far <= ${bytes} or row_number() over (order by sequence) = 1 then body end as body
    from (
      select sequence, body, sum(octet_length(body)) over (order by sequence) as so_far
      from engine_events where update_id = ${updateId} and sequence >= ${String(from)}
      order by sequence limit ${limit}
    ) page
    order by sequence`.execute(db);
  const events = rows.flatMap(({ sequence, body }) => (body === null ? [] : [{ sequence: Number(sequence), body }]));
  return { events, full: rows.length === limit || events.length < rows.length };
}
