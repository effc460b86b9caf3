import { type SqlBool, sql } from "kysely";
import type { Db } from "../db/open.ts";
import { daysAgo, NOW } from "../db/time.ts";

const isRun = sql<boolean>`kind not in ('import', 'rename')`;

/**
 * An update that ended more than so many days ago, and of which nothing is left to do. Imports and renames are no runs: they have no
 * events, and no results to count.
 *
 * @param not these ids are left out.
 */
export async function findCompactable(
  db: Db,
  days: number,
  not: readonly string[],
): Promise<{ id: string; isRun: boolean } | undefined> {
  return db
    .selectFrom("updates")
    .where(sql<SqlBool>`compacted_at is null and ended_at is not null`)
    .where("ended_at", "<", daysAgo(days))
    .where("settled", "=", true)
    .where("receipted", "=", true)
    .where(sql<SqlBool>`id <> all(${[...not]}::uuid[])`)
    .orderBy("ended_at")
    .limit(1)
    .select(["id", isRun.as("isRun")])
    .executeTakeFirst();
}

/**
 * Marks a run as compacted. The configuration of a dry run is removed: only the history shows one, and it has no dry runs.
 *
 * @returns false when it was compacted already, or is not there any more.
 */
export async function setCompacted(db: Db, id: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("updates")
    .set({ compacted_at: NOW, config: sql`case when dry_run then '{}'::json else config end` })
    .where("id", "=", id)
    .where("compacted_at", "is", null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** When the run was compacted; undefined for one that was not, and for what is no run. */
export async function findCompacted(db: Db, id: string): Promise<Date | undefined> {
  const row = await db
    .selectFrom("updates")
    .where("id", "=", id)
    .where(isRun)
    .select("compacted_at as at")
    .executeTakeFirst();
  return row?.at ?? undefined;
}

/** A run that was compacted, and of which something is left to remove. */
export async function findToEmpty(db: Db): Promise<string | undefined> {
  const row = await db
    .selectFrom("updates")
    .where(sql<SqlBool>`compacted_at is not null and not emptied`)
    .orderBy("compacted_at")
    .limit(1)
    .select("id")
    .executeTakeFirst();
  return row?.id;
}

export async function setEmptied(db: Db, id: string): Promise<void> {
  await db.updateTable("updates").set({ emptied: true }).where("id", "=", id).execute();
}

/** An update that went with its stack, and of which events may be left. */
export async function findRemoved(db: Db): Promise<string | undefined> {
  return (await db.selectFrom("removed_updates").limit(1).select("id").executeTakeFirst())?.id;
}

export async function forgetRemoved(db: Db, id: string): Promise<void> {
  await db.deleteFrom("removed_updates").where("id", "=", id).execute();
}

/**
 * Removes the first events of a run: at most so many, and at most so many bytes as they are stored, but at least one.
 *
 * @returns whether some are left.
 */
export async function deleteEngineEvents(
  db: Db,
  id: string,
  { rows, bytes }: { rows: number; bytes: number },
): Promise<boolean> {
  await sql`
    delete from engine_events where update_id = ${id} and sequence <= (
      select max(sequence) from (
        select sequence, row_number() over (order by sequence) as place,
          sum(coalesce(pg_column_size(body), 0)) over (order by sequence) as so_far
        from engine_events where update_id = ${id} order by sequence limit ${rows}
      ) as first where place = 1 or so_far <= ${bytes}
    )`.execute(db);
  const left = await db.selectFrom("engine_events").where("update_id", "=", id).select("sequence").limit(1).execute();
  return left.length > 0;
}
