import type { UpdateKind, UpdateStatus } from "@quillon/contract";
import type { Db } from "../db/open.ts";

/** An update or a preview that was started, and what it was told to run. */
export interface Run {
  id: string;
  kind: UpdateKind;
  dryRun: boolean;
  status: UpdateStatus;
  version: number;
  startedAt: Date | null;
  endedAt: Date | null;
  environment: Record<string, string>;
  /** For `readRecorded`. */
  required: unknown;
}

/** The run with this id, or the newest of the kinds that run policies. */
export async function findRun(db: Db, stackId: string, id: string | "latest"): Promise<Run | undefined> {
  return db
    .selectFrom("updates")
    .where("stack_id", "=", stackId)
    .where("started_at", "is not", null)
    .$if(id !== "latest", (query) => query.where("id", "=", id))
    .$if(id === "latest", (query) => query.where("kind", "in", ["update", "preview"]))
    .orderBy("created_at", "desc")
    .limit(1)
    .select([
      "id",
      "kind",
      "dry_run as dryRun",
      "status",
      "version",
      "started_at as startedAt",
      "ended_at as endedAt",
      "environment",
      "required_policies as required",
    ])
    .executeTakeFirst();
}
