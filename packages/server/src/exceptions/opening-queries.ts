import { sql } from "kysely";
import type { Db } from "../db/open.ts";
import { exceptionId, readExceptionId } from "./exception.ts";

/** Exceptions of one organization that have no effect any more, all because of the same. */
export interface Gone {
  organizationId: string;
  ids: readonly string[];
  because: "removed" | "ended";
}

/** Some that may still be the reason why findings are not open, at most so many. They are locked, and none that another transaction holds. */
export async function takeOpening(db: Db, limit: number): Promise<Gone | undefined> {
  const { rows } = await sql<{ organizationId: string; number: number; ended: boolean }>`
    with each as (
      select id, organization_id, number, coalesce(removed_at = expires_at, expires_at is not null) as ended
      from policy_exceptions where opening
    ), first as (select organization_id, ended from each limit 1)
    select organization_id as "organizationId", number, each.ended
    from first join each using (organization_id, ended) join policy_exceptions exception using (id, organization_id, number)
    order by number limit ${limit} for update of exception skip locked`.execute(db);
  const [first] = rows;
  if (!first) return undefined;
  const { organizationId, ended } = first;
  return { organizationId, ids: rows.map(({ number }) => exceptionId(number)), because: ended ? "ended" : "removed" };
}

/** Keeps whether they may still be the reason why findings are not open. */
export async function setOpening(
  db: Db,
  { organizationId, ids }: Omit<Gone, "because">,
  opening: boolean,
): Promise<void> {
  await db
    .updateTable("policy_exceptions")
    .set({ opening })
    .where("organization_id", "=", organizationId)
    .where(sql<boolean>`number = any(${ids.flatMap((id) => readExceptionId(id) ?? [])}::int[])`)
    .execute();
}
