import { sql } from "kysely";
import type { Db } from "../db/open.ts";
import { NOW } from "../db/time.ts";
import { lockStacks } from "../stacks/index.ts";
import type { Finding } from "./list-queries.ts";

/** Makes other changes of the findings, and of their stacks, wait until the transaction ends. */
export async function lockFindings(
  db: Db,
  { organizationId, ids }: { organizationId: string; ids: readonly string[] },
): Promise<void> {
  const wanted = sql`findings where organization_id = ${organizationId} and id = any(${[...ids]}::uuid[])`;
  const { rows } = await sql<{ id: string }>`select distinct stack_id as id from ${wanted}`.execute(db);
  await lockStacks(
    db,
    rows.map(({ id }) => id),
  );
  await sql`select from ${wanted} order by id for update`.execute(db);
}

/** What is not given stays as it is. */
export async function setTriage(
  db: Db,
  ids: readonly string[],
  triage: {
    status?: Finding["status"];
    /** Undefined for a status without one. */
    excuse?: { reason: string; expires: Date } | undefined;
    priority?: Finding["priority"];
    assigneeId?: string | null;
    /** Null takes it away. */
    comment?: string | null;
    userId: string;
  },
): Promise<void> {
  const { status, excuse, priority, assigneeId, comment, userId } = triage;
  await db
    .updateTable("findings")
    .set({ triaged_by: userId, triaged_at: sql<Date>`now()`, modified_at: sql<Date>`now()` })
    .$if(status !== undefined, (query) =>
      query.set({
        status: status ?? "open",
        reason: excuse?.reason ?? null,
        expires_at: excuse?.expires ?? null,
        triaged_level: sql<string>`level`,
        triaged_severity: sql<string>`severity`,
      }),
    )
    .$if(priority !== undefined, (query) => query.set({ priority: priority ?? "p3", priority_set: true }))
    .$if(assigneeId !== undefined, (query) => query.set({ assigned_to: assigneeId ?? null }))
    .$if(comment !== undefined, (query) =>
      query.set({
        comment: comment ?? null,
        commented_by: comment ? userId : null,
        commented_at: comment ? sql<Date>`now()` : null,
      }),
    )
    .where("id", "in", [...ids])
    .execute();
}

/** A finding that was ignored or by design until now. */
interface Expired {
  organizationId: string;
  policy: string;
  /** Its project and name; null when it was removed. */
  stack: string | null;
  /** What it was until now. */
  status: Finding["status"];
  reason: string | null;
  expires: Date;
}

/** Opens again what was ignored or by design until now, at most so many. Their stacks are locked until the transaction ends. */
export async function openExpired(db: Db, limit: number): Promise<Expired[]> {
  const due = sql`expires_at <= ${NOW}`;
  const first = sql`order by expires_at, id limit ${limit}`;
  const stacks = await sql<{ id: string }>`
    select distinct stack_id as id from (select stack_id from findings where ${due} ${first}) as due`.execute(db);
  const stackIds = stacks.rows.map(({ id }) => id);
  if (stackIds.length === 0) return [];
  await lockStacks(db, stackIds);
  const { rows } = await sql<Expired>`
    with expired as (
      select id, status, reason, expires_at from findings where ${due} and stack_id = any(${stackIds}::uuid[]) ${first} for update
    )
    update findings set status = 'open', reason = null, expires_at = null, modified_at = now()
    from expired where findings.id = expired.id
    returning findings.organization_id as "organizationId", findings.policy,
      (select project || '/' || name from stacks where stacks.id = findings.stack_id) as stack,
      expired.status, expired.reason, expired.expires_at as expires`.execute(db);
  return rows;
}
