import { type SqlBool, sql } from "kysely";
import type { Db } from "../db/open.ts";
import { daysAgo } from "../db/time.ts";

/** The organization that follows this one, of those that have events. */
export async function findNextOrganization(db: Db, after: string): Promise<string | undefined> {
  const row = await db
    .selectFrom("audit_log")
    .where("organization_id", ">", after)
    .orderBy("organization_id")
    .limit(1)
    .select("organization_id as id")
    .executeTakeFirst();
  return row?.id;
}

/** Whether the organization's first event without a sequence is older than so many days. */
export async function hasOldUnnumbered(db: Db, organizationId: string, days: number): Promise<boolean> {
  const row = await db
    .selectFrom("audit_log")
    .where("organization_id", "=", organizationId)
    .where(sql<SqlBool>`sequence is null`)
    .orderBy("id")
    .limit(1)
    .select(sql<boolean>`at < ${daysAgo(days)}`.as("old"))
    .executeTakeFirst();
  return row?.old ?? false;
}

/**
 * Removes an organization's events of more than so many days ago, at most so many. They are the first ones in the order of
 * their sequence, so that none is missing between two that stay. The last one stays, because the next sequence follows it.
 *
 * @returns how many.
 */
export async function deleteOldEvents(
  db: Db,
  organizationId: string,
  { days, limit }: { days: number; limit: number },
): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from audit_log where id in (
      select id from (
        select id, bool_and(at < ${daysAgo(days)}) over (order by sequence) as old, lead(id) over (order by sequence) as next
        from audit_log where organization_id = ${organizationId} and sequence is not null
        order by sequence limit ${limit}
      ) as first where old and next is not null
    )`.execute(db);
  return Number(numAffectedRows ?? 0);
}
