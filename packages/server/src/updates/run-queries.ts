import type { UpdateKind, UpdateStatus } from "@quillon/contract";
import { type SqlBool, sql } from "kysely";
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

/** The run with this id, or the newest of the kinds that run policies, without updates that never began. */
export async function findRun(db: Db, stackId: string, id: string | "latest"): Promise<Run | undefined> {
  return db
    .selectFrom("updates")
    .where("stack_id", "=", stackId)
    .where("started_at", "is not", null)
    .$if(id !== "latest", (query) => query.where("id", "=", id))
    .$if(id === "latest", (query) => query.where("kind", "in", ["update", "preview"]).where(BEGAN))
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

/** `quillon run` registers an update before the preview that may stop it. What stopped it is in the preview, so that is the newest run then. */
const BEGAN = sql<SqlBool>`(updates.status <> 'cancelled' or updates.compacted_at is not null
  or exists (select from engine_events event where event.update_id = updates.id)
  or not exists (select from stacks stack where stack.id = updates.stack_id and stack.backend is not null))`;
