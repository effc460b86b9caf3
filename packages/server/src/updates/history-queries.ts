import type { UpdateKind, UpdateStatus } from "@quillon/contract";
import type { Db } from "../db/open.ts";

/** A real update that was started. */
export interface HistoryEntry {
  kind: UpdateKind;
  status: UpdateStatus;
  version: number;
  message: string;
  environment: Record<string, string>;
  config: unknown;
  startedAt: Date | null;
  endedAt: Date | null;
  resourceChanges: Record<string, number> | null;
  /** Null when it stored no state. */
  resourceCount: number | null;
}

/**
 * The stack's real updates that were started, newest first.
 *
 * @param page counts from 1; all of the updates when it is left out.
 */
export async function listHistory(
  db: Db,
  stackId: string,
  page?: { size: number; number: number },
): Promise<HistoryEntry[]> {
  return selectHistory(db, stackId)
    .$if(page !== undefined, (query) =>
      query.limit(page?.size ?? 0).offset(((page?.number ?? 1) - 1) * (page?.size ?? 0)),
    )
    .execute();
}

/** The newest update in the stack's history that was made from a program. */
export async function findDeployment(db: Db, stackId: string): Promise<HistoryEntry | undefined> {
  return selectHistory(db, stackId).where("update.kind", "not in", ["import", "rename"]).limit(1).executeTakeFirst();
}

function selectHistory(db: Db, stackId: string) {
  return db
    .selectFrom("updates as update")
    .leftJoin("checkpoints as checkpoint", "checkpoint.update_id", "update.id")
    .where("update.stack_id", "=", stackId)
    .where("update.dry_run", "=", false)
    .where("update.version", ">", 0)
    .orderBy("update.version", "desc")
    .select([
      "update.kind",
      "update.status",
      "update.version",
      "update.message",
      "update.environment",
      "update.config",
      "update.started_at as startedAt",
      "update.ended_at as endedAt",
      "update.resource_changes as resourceChanges",
      "checkpoint.resource_count as resourceCount",
    ]);
}
