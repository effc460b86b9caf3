import type { UpdateKind } from "@quillon/contract";
import { sql } from "kysely";
import type { Db } from "../db/open.ts";
import { NOW } from "../db/time.ts";
import type { Basis } from "./basis.ts";
import { endedWithout } from "./ended-queries.ts";

export type Unreceipted = Awaited<ReturnType<typeof listUnreceipted>>[number];

/** Updates that have ended and have no receipt yet, in the order in which they ended. Only those of one stack, if it is given. */
export async function listUnreceipted(db: Db, stackId?: string) {
  return endedWithout(db, "receipted", stackId)
    .select([
      "update.id",
      "update.kind",
      "update.dry_run as dryRun",
      "update.version",
      "update.environment",
      "update.required_policies as required",
      sql<Basis | null>`update.basis`.as("basis"),
      "update.started_with as tokenId",
      "update.client",
      "update.summary_sequence as summarySequence",
      "update.created_at as createdAt",
      "update.started_at as startedAt",
      "update.ended_at as endedAt",
      "stack.id as stackId",
      "stack.project",
      "stack.name as stack",
      "stack.backend",
      "org.id as organizationId",
      "org.name as organization",
      // Only an update that ended itself keeps its lease.
      sql<"succeeded" | "failed" | "cancelled" | "expired">`
        case when update.status = 'failed' and update.lease_expires_at is null then 'expired' else update.status end`.as(
        "outcome",
      ),
      sql<boolean>`exists (select from checkpoints where checkpoints.update_id = update.id)`.as("savedState"),
    ])
    .$narrowType<{ endedAt: Date; kind: UpdateKind }>()
    .execute();
}

/** A real update of the stack that has no receipt yet although it is over: it has ended, or its lease has expired. */
export async function findWithoutReceipt(db: Db, stackId: string): Promise<string | undefined> {
  const row = await db
    .selectFrom("updates")
    .where("stack_id", "=", stackId)
    .where("receipted", "=", false)
    .where("dry_run", "=", false)
    .where("kind", "=", "update")
    .where(sql<boolean>`(ended_at is not null or (status = 'running' and lease_expires_at <= ${NOW}))`)
    .select("id")
    .limit(1)
    .executeTakeFirst();
  return row?.id;
}

/** Marks the update as one that has its receipt. @returns false when it was marked already. */
export async function setReceipted(db: Db, updateId: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("updates")
    .set({ receipted: true })
    .where("id", "=", updateId)
    .where("receipted", "=", false)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}
