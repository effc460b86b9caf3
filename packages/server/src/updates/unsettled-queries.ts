import type { UpdateKind } from "@quillon/contract";
import { sql } from "kysely";
import type { Db } from "../db/open.ts";
import { endedWithout } from "./ended-queries.ts";

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
  /** For `readRecorded`. */
  required: unknown;
  endedAt: Date;
  kind: UpdateKind;
  status: "succeeded" | "failed" | "cancelled";
  version: number;
  organization: string;
  project: string;
  stack: string;
  /** Who made it; null for a user who was removed. */
  login: string | null;
  name: string | null;
  resourceChanges: Record<string, number> | null;
}

/** In the order in which they ended. Only those of one stack, if it is given. */
export async function listUnsettled(db: Db, stackId?: string): Promise<Unsettled[]> {
  return endedWithout(db, "settled", stackId)
    .leftJoin("users", "users.id", "update.requested_by")
    .select([
      "update.id",
      "update.stack_id as stackId",
      "stack.organization_id as organizationId",
      "update.dry_run as dryRun",
      sql<boolean>`update.status = 'succeeded'`.as("succeeded"),
      // Only an update that ended itself keeps its lease.
      sql<boolean>`update.status = 'failed' and update.lease_expires_at is not null`.as("failed"),
      sql<boolean>`update.kind in ('update', 'preview')`.as("loadsPacks"),
      "update.environment",
      "update.required_policies as required",
      "update.ended_at as endedAt",
      "update.kind",
      "update.status",
      "update.version",
      "org.name as organization",
      "stack.project",
      "stack.name as stack",
      "users.login",
      "users.name",
      "update.resource_changes as resourceChanges",
    ])
    .$narrowType<{ endedAt: Date; status: Unsettled["status"] }>()
    .execute();
}

/** How far an update is settled, as `setSettling` has kept it. @returns undefined when it is settled, or not there any more. */
export async function readSettling(db: Db, updateId: string): Promise<{ progress: unknown } | undefined> {
  return db
    .selectFrom("updates")
    .where("id", "=", updateId)
    .where("settled", "=", false)
    .select("settling as progress")
    .executeTakeFirst();
}

/** Keeps how far an update is settled, for whoever goes on. */
export async function setSettling(db: Db, updateId: string, progress: unknown): Promise<void> {
  await db
    .updateTable("updates")
    .set({ settling: JSON.stringify(progress) })
    .where("id", "=", updateId)
    .execute();
}

export async function setSettled(db: Db, updateId: string): Promise<void> {
  await db.updateTable("updates").set({ settled: true, settling: null }).where("id", "=", updateId).execute();
}
