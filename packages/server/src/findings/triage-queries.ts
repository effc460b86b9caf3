import { type SqlBool, sql } from "kysely";
import { transaction } from "../context.ts";
import type { Db } from "../db/open.ts";
import { NOW } from "../db/time.ts";
import { lockStack, lockStacks } from "../stacks/index.ts";
import type { Finding } from "./list-queries.ts";

/** Makes other changes of the finding, and of its stack, wait until the transaction ends. */
export async function lockFinding(db: Db, { organizationId, id }: { organizationId: string; id: string }) {
  const found = await db
    .selectFrom("findings")
    .where("organization_id", "=", organizationId)
    .where("id", "=", id)
    .select("stack_id as stackId")
    .executeTakeFirst();
  if (found) await lockStack(db, found.stackId);
  await db
    .selectFrom("findings")
    .where("organization_id", "=", organizationId)
    .where("id", "=", id)
    .select("id")
    .forUpdate()
    .execute();
}

/** What is not given stays as it is. */
export async function setTriage(
  db: Db,
  id: string,
  triage: {
    status?: Finding["status"];
    /** Undefined for a status without one. */
    excuse?: { reason: string; expires: Date } | undefined;
    priority?: Finding["priority"];
    assigneeId?: string | null;
    userId: string;
  },
): Promise<void> {
  const { status, excuse, priority, assigneeId, userId } = triage;
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
    .$if(priority !== undefined, (query) => query.set({ priority: priority ?? "p3" }))
    .$if(assigneeId !== undefined, (query) => query.set({ assigned_to: assigneeId ?? null }))
    .where("id", "=", id)
    .execute();
}

/** Opens again what was ignored or by design until now. */
export async function openExpired(db: Db): Promise<void> {
  await transaction({ db }, async (tx) => {
    const stacks = await tx.db
      .selectFrom("findings")
      .where("expires_at", "<=", NOW)
      .select("stack_id as stackId")
      .distinct()
      .execute();
    const stackIds = stacks.map(({ stackId }) => stackId);
    await lockStacks(tx.db, stackIds);
    await tx.db
      .updateTable("findings")
      .set({ status: "open", reason: null, expires_at: null, modified_at: sql<Date>`now()` })
      .where("expires_at", "<=", NOW)
      .where(sql<SqlBool>`stack_id = any(${stackIds}::uuid[])`)
      .execute();
  });
}
