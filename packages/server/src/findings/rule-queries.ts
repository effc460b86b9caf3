import { sql } from "kysely";
import type { Db } from "../db/open.ts";
import { type OverdueDays, type OverdueTimes, USUAL_DAYS } from "./overdue.ts";
import { RECENT_DAYS, type RecentKind } from "./recent.ts";
import type { Timed } from "./timed.ts";

export async function readOverdueDays(db: Db, organizationId: string): Promise<OverdueDays> {
  const days = await db
    .selectFrom("finding_rules")
    .where("organization_id", "=", organizationId)
    .select(["critical_days as critical", "high_days as high", "medium_days as medium", "low_days as low"])
    .executeTakeFirst();
  return days ?? USUAL_DAYS;
}

export async function setOverdueDays(db: Db, organizationId: string, days: OverdueDays): Promise<void> {
  const columns = {
    critical_days: days.critical,
    high_days: days.high,
    medium_days: days.medium,
    low_days: days.low,
  };
  await db
    .insertInto("finding_rules")
    .values({ organization_id: organizationId, ...columns })
    .onConflict((conflict) => conflict.column("organization_id").doUpdateSet(columns))
    .execute();
}

/** Since when a finding is recent, and before when one is overdue, both as the database writes a time. */
export async function readTimes(db: Db, organizationId: string): Promise<{ since: string; overdue: OverdueTimes }> {
  const { critical, high, medium, low } = await readOverdueDays(db, organizationId);
  const ago = <T extends string | null = string | null>(days: number | null) =>
    sql<T>`(now() - make_interval(days => ${days}::int))::text`;
  const { since, ...overdue } = await db
    .selectNoFrom([
      ago<string>(RECENT_DAYS).as("since"),
      ago(critical).as("critical"),
      ago(high).as("high"),
      ago(medium).as("medium"),
      ago(low).as("low"),
    ])
    .executeTakeFirstOrThrow();
  return { since, overdue };
}

/** What is wanted, with the times that it means now. The database reads less than if it were told the days. */
export async function readTimed(
  db: Db,
  organizationId: string,
  { recent: kind, overdue = false }: { recent?: RecentKind | undefined; overdue?: boolean | undefined },
): Promise<Timed> {
  if (!kind && !overdue) return {};
  const times = await readTimes(db, organizationId);
  return { ...(kind && { recent: { kind, since: times.since } }), ...(overdue && { overdue: times.overdue }) };
}
