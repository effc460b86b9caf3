import { sql } from "kysely";
import type { Db } from "../db/open.ts";
import { NOW } from "../db/time.ts";

/**
 * Records engine events of an update that runs and whose lease has not expired. An event whose sequence number is
 * recorded already is skipped.
 *
 * @returns false when the update has ended or its lease has expired. Nothing was recorded then.
 */
export async function insertEngineEvents(
  db: Db,
  events: {
    updateId: string;
    sequences: number[];
    bodies: string[];
    resourceChanges: Record<string, number> | undefined;
  },
): Promise<boolean> {
  const changes = events.resourceChanges ? JSON.stringify(events.resourceChanges) : null;
  const { rows } = await sql`
    with running as materialized (
      select id, lease_expires_at from updates where id = ${events.updateId} and status = 'running' for no key update
    ), live as materialized (
      select id from running where lease_expires_at > ${NOW}
    ), recorded as (
      insert into engine_events (update_id, sequence, body)
      select live.id, event.sequence, event.body
      from live, unnest(${events.sequences}::bigint[], ${events.bodies}::text[]) as event (sequence, body)
      on conflict do nothing
    ), summarized as (
      update updates set resource_changes = ${changes}::json from live where updates.id = live.id and ${changes}::json is not null
    )
    select id from live`.execute(db);
  return rows.length === 1;
}

/** An engine event as it was sent. */
export interface EngineEvent {
  sequence: number;
  /** JSON text. */
  body: string;
}

/** The update's events in order, starting with the sequence number `from`. */
export async function listEngineEvents(
  db: Db,
  page: { updateId: string; from: number; limit: number },
): Promise<EngineEvent[]> {
  const rows = await db
    .selectFrom("engine_events")
    .where("update_id", "=", page.updateId)
    .where("sequence", ">=", String(page.from))
    .orderBy("sequence")
    .limit(page.limit)
    .select(["sequence", "body"])
    .execute();
  return rows.map(({ sequence, body }) => ({ sequence: Number(sequence), body }));
}
