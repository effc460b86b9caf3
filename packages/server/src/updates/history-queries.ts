import type { UpdateKind, UpdateStatus } from "@quillon/contract";
import { sql } from "kysely";
import type { Db } from "../db/open.ts";

/** A real update that was started. */
export interface HistoryEntry {
  id: string;
  kind: UpdateKind;
  status: UpdateStatus;
  version: number;
  message: string;
  environment: Record<string, string>;
  /** JSON text. */
  config: string;
  startedAt: Date | null;
  endedAt: Date | null;
  resourceChanges: Record<string, number> | null;
  /** Null when it stored no state. */
  resourceCount: number | null;
}

export interface HistoryPage {
  /** Only versions below this one. */
  below?: number | undefined;
  /** How many of the newest are left out. */
  skip?: number;
  limit: number;
  bytes: number;
  /** Deployments are made from a program; imports and renames are not. */
  kinds?: "all" | "deployments";
}

/**
 * Some of the stack's real updates that were started, newest first. The configuration of an update can be as large as a
 * body, so there are as many as fit into `bytes`, and at least one.
 */
export async function listHistory(
  db: Db,
  stackId: string,
  { below, skip = 0, limit, bytes, kinds = "all" }: HistoryPage,
): Promise<HistoryEntry[]> {
  const newest = db
    .selectFrom("updates as update")
    .where("update.stack_id", "=", stackId)
    .where("update.dry_run", "=", false)
    .where("update.version", ">", 0)
    .$if(kinds === "deployments", (query) => query.where("update.kind", "not in", ["import", "rename"]))
    .$if(below !== undefined, (query) => query.where("update.version", "<", below ?? 0))
    .orderBy("update.version", "desc")
    .limit(limit)
    .offset(skip)
    .select(["id", "kind", "status", "version", "message", "environment", "started_at", "ended_at", "resource_changes"])
    .select(sql<string>`config::text`.as("config"));
  return db
    .with("newest", () => newest)
    .with("measured", (of) =>
      of
        .selectFrom("newest")
        .selectAll()
        .select(
          sql<number>`sum(octet_length(config) + octet_length(message)) over (order by version desc)`.as("so_far"),
        )
        .select(sql<number>`row_number() over (order by version desc)`.as("place")),
    )
    .selectFrom("measured as update")
    .leftJoin("checkpoints as checkpoint", "checkpoint.update_id", "update.id")
    .where((of) => of.or([of("update.so_far", "<=", bytes), of("update.place", "=", 1)]))
    .orderBy("update.version", "desc")
    .select([
      "update.id",
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
    ])
    .execute();
}

/** Who asked for an update, and the newest version of its stack. */
export async function findRequest(
  db: Db,
  id: string,
): Promise<{ requestedBy: { login: string; name: string }; latestVersion: number }> {
  const { login, name, latestVersion } = await db
    .selectFrom("updates as update")
    .innerJoin("users as requester", "requester.id", "update.requested_by")
    .where("update.id", "=", id)
    .select(["requester.login", "requester.name"])
    .select((of) =>
      of
        .selectFrom("updates as newest")
        .whereRef("newest.stack_id", "=", "update.stack_id")
        .select((newest) => newest.fn.coalesce(newest.fn.max("newest.version"), newest.lit(0)).as("version"))
        .as("latestVersion"),
    )
    .executeTakeFirstOrThrow();
  return { requestedBy: { login, name }, latestVersion: Number(latestVersion) };
}

/** When the stack's state was last replaced by one that somebody sent, also by commands such as `pulumi state delete`. */
export async function readLastImport(db: Db, stackId: string): Promise<Date | null> {
  const row = await db
    .selectFrom("updates")
    .where("stack_id", "=", stackId)
    .where("kind", "=", "import")
    .orderBy("version", "desc")
    .limit(1)
    .select("ended_at as at")
    .executeTakeFirst();
  return row?.at ?? null;
}
