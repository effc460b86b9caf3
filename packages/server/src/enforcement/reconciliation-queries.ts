import type { Db } from "../db/open.ts";

/** What is left to do of a change: to look at the stacks after `after`, in the order of their ids. */
export interface Reconciliation {
  organizationId: string;
  packs: string[];
  auditId: string | undefined;
  after: string;
}

export async function insertReconciliation(db: Db, left: Reconciliation): Promise<void> {
  const { organizationId, packs, auditId, after } = left;
  await db
    .insertInto("reconciliations")
    .values({ organization_id: organizationId, packs, audit_id: auditId ?? null, after })
    .execute();
}

/** Takes the oldest one out that no other server has taken. */
export async function takeReconciliation(db: Db): Promise<Reconciliation | undefined> {
  const row = await db
    .deleteFrom("reconciliations")
    .where("id", "in", (of) =>
      of.selectFrom("reconciliations").select("id").orderBy("id").limit(1).forUpdate().skipLocked(),
    )
    .returning(["organization_id as organizationId", "packs", "audit_id as auditId", "after"])
    .executeTakeFirst();
  return row && { ...row, auditId: row.auditId ?? undefined };
}
