import { sql } from "kysely";
import type { Db } from "../db/open.ts";
import { daysAgo } from "../db/time.ts";
import { lockStacks } from "../stacks/index.ts";

/** Queries that remove what is older than it is kept. */

/** Removes predictions that no run has shown for so many days, at most so many. @returns how many. */
export async function deleteOldPredictions(db: Db, days: number, limit: number): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from predictions where last_seen_at < ${daysAgo(days)} and ctid = any(array(
      select ctid from predictions where last_seen_at < ${daysAgo(days)} order by last_seen_at limit ${limit}
    ))`.execute(db);
  return Number(numAffectedRows ?? 0);
}

/**
 * Removes findings that ended, and are not only excepted, more than so many days ago, at most so many. Their stacks are locked first, as by
 * all others who change findings, and until the transaction ends.
 *
 * @returns how many.
 */
export async function deleteEndedFindings(db: Db, days: number, limit: number): Promise<number> {
  const old = sql`findings where ended <> 'excepted' and resolved_at < ${daysAgo(days)}`;
  const { rows } = await sql<{ id: string; stackId: string }>`
    select id, stack_id as "stackId" from ${old} order by resolved_at limit ${limit}`.execute(db);
  if (rows.length === 0) return 0;
  await lockStacks(db, [...new Set(rows.map(({ stackId }) => stackId))]);
  // One may have been opened again meanwhile.
  await sql`delete from ${old} and id = any(${rows.map(({ id }) => id)}::uuid[])`.execute(db);
  return rows.length;
}

/** Removes what is kept of days so long ago from one of the tables, at most so many rows. @returns how many. */
export async function deleteOldDays(
  db: Db,
  table: "score_days" | "resource_days",
  days: number,
  limit: number,
): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from ${sql.table(table)} where ctid = any(array(
      select ctid from ${sql.table(table)}
      where day < ((${daysAgo(days)}) at time zone 'UTC')::date order by day limit ${limit}
    ))`.execute(db);
  return Number(numAffectedRows ?? 0);
}

/** Removed stacks of which no finding is left. */
export async function listEmptied(db: Db, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from removed_stacks
    where not exists (select from findings where findings.stack_id = removed_stacks.id) limit ${limit}`.execute(db);
  return rows.map(({ id }) => id);
}
