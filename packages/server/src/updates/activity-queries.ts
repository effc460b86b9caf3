import type { UpdateKind, UpdateStatus } from "@quillon/contract";
import { type SqlBool, sql } from "kysely";
import type { Db } from "../db/open.ts";
import { atMicroseconds, microsecondsOf } from "../db/time.ts";

/** An update or a preview that was started, as a stack's list of them shows it. */
export interface Activity {
  id: string;
  kind: UpdateKind;
  dryRun: boolean;
  version: number;
  status: Exclude<UpdateStatus, "not-started">;
  message: string;
  environment: Record<string, string>;
  startedAt: Date;
  endedAt: Date | null;
  resourceChanges: Record<string, number> | null;
  /** Null when it stored no state. */
  resourceCount: number | null;
  /** Null for a user who was removed. */
  login: string | null;
  name: string | null;
  /** For a cursor: when it was created, in microseconds since 1970. */
  at: string;
}

/** In characters. The list shows no more of a message. */
const LONGEST_MESSAGE = 2000;
/** In bytes. A longer environment is left out, so that a page of them stays small. */
const LONGEST_ENVIRONMENT = 65_536;

/**
 * What was run on a stack, newest first.
 *
 * @param page.after the time and the id of the last one of the page before.
 * @param page.id only this one.
 */
export async function listActivity(
  db: Db,
  stackId: string,
  { after, id, limit }: { after?: readonly string[] | undefined; id?: string; limit: number },
): Promise<Activity[]> {
  const [afterTime = "", afterId = ""] = after ?? [];
  return db
    .selectFrom("updates as run")
    .leftJoin("users as requester", "requester.id", "run.requested_by")
    .leftJoin("checkpoints as checkpoint", "checkpoint.update_id", "run.id")
    .where("run.stack_id", "=", stackId)
    .where("run.started_at", "is not", null)
    .$if(id !== undefined, (query) => query.where("run.id", "=", id ?? ""))
    .$if(after !== undefined, (query) =>
      query.where(sql<SqlBool>`(run.created_at, run.id) < (${atMicroseconds(afterTime)}, ${afterId}::uuid)`),
    )
    .orderBy("run.created_at", "desc")
    .orderBy("run.id", "desc")
    .limit(limit)
    .select([
      "run.id",
      "run.kind",
      "run.dry_run as dryRun",
      "run.version",
      "run.status",
      "run.started_at as startedAt",
      "run.ended_at as endedAt",
      "run.resource_changes as resourceChanges",
      "checkpoint.resource_count as resourceCount",
      "requester.login",
      "requester.name",
      sql<string>`left(run.message, ${LONGEST_MESSAGE})`.as("message"),
      sql<Record<string, string>>`
        case when octet_length(run.environment::text) <= ${LONGEST_ENVIRONMENT} then run.environment else '{}'::json end`.as(
        "environment",
      ),
      microsecondsOf(sql.ref("run.created_at")).as("at"),
    ])
    .$narrowType<{ startedAt: Date; status: Activity["status"] }>()
    .execute();
}
