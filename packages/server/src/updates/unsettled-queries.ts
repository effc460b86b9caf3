import { sql } from "kysely";
import type { Db } from "../db/open.ts";

/** An update that has ended, and whose results are not in the findings yet. */
export interface Unsettled {
  id: string;
  stackId: string;
  organizationId: string;
  dryRun: boolean;
  succeeded: boolean;
  /** Not when somebody cancelled it, or its client died. */
  failed: boolean;
  /** Whether a run of this kind asks the policies of what it deploys. */
  loadsPacks: boolean;
  environment: Record<string, string>;
  /** As it was given to `insertUpdate`. */
  requiredPolicies: unknown;
  endedAt: Date;
}

/** At most so many are listed at once. */
const LIMIT = 100;

/** In the order in which they ended. Only those of one stack, if it is given. */
export async function listUnsettled(db: Db, stackId?: string): Promise<Unsettled[]> {
  return db
    .selectFrom("updates as update")
    .innerJoin("stacks as stack", "stack.id", "update.stack_id")
    .where("update.settled", "=", false)
    .where("update.ended_at", "is not", null)
    .$if(stackId !== undefined, (query) => query.where("update.stack_id", "=", stackId ?? ""))
    .orderBy("update.ended_at")
    .limit(LIMIT)
    .select([
      "update.id",
      "update.stack_id as stackId",
      "stack.organization_id as organizationId",
      "update.dry_run as dryRun",
      sql<boolean>`update.status = 'succeeded'`.as("succeeded"),
      sql<boolean>`update.status = 'failed'`.as("failed"),
      sql<boolean>`update.kind in ('update', 'preview')`.as("loadsPacks"),
      "update.environment",
      "update.required_policies as requiredPolicies",
      "update.ended_at as endedAt",
    ])
    .$narrowType<{ endedAt: Date }>()
    .execute();
}

export async function isUnsettled(db: Db, updateId: string): Promise<boolean> {
  const row = await db.selectFrom("updates").where("id", "=", updateId).select("settled").executeTakeFirst();
  return row?.settled === false;
}

export async function setSettled(db: Db, updateId: string): Promise<void> {
  await db.updateTable("updates").set({ settled: true }).where("id", "=", updateId).execute();
}
