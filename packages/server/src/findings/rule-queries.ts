import type { Db } from "../db/open.ts";
import { type OverdueDays, USUAL_DAYS } from "./overdue.ts";

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
