import type { Tags, UpdateKind, UpdateStatus } from "@quillon/contract";
import { sql } from "kysely";
import type { Db } from "../db/open.ts";
import { NOW } from "../db/time.ts";
import { writeJson } from "../json/write.ts";
import type { Basis } from "./basis.ts";
import type { RecordedPack } from "./recorded.ts";

export interface NewUpdate {
  stackId: string;
  kind: UpdateKind;
  dryRun: boolean;
  userId: string;
  message: string;
  environment: Record<string, string>;
  config: unknown;
  required: readonly RecordedPack[];
  /** From which it was settled what the update must run. */
  tagSets: readonly Tags[];
  basis: Basis | undefined;
}

export async function insertUpdate(db: Db, update: NewUpdate): Promise<string> {
  const { id } = await db
    .insertInto("updates")
    .values({
      stack_id: update.stackId,
      kind: update.kind,
      dry_run: update.dryRun,
      requested_by: update.userId,
      message: update.message,
      environment: JSON.stringify(update.environment),
      config: JSON.stringify(update.config),
      required_policies: writeJson(update.required),
      tag_sets: JSON.stringify(update.tagSets),
      ...(update.basis && { basis: JSON.stringify(update.basis) }),
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

/** Removes the updates of a stack that wait to be started. */
export async function deleteNotStarted(db: Db, stackId: string): Promise<void> {
  await db.deleteFrom("updates").where("stack_id", "=", stackId).where("status", "=", "not-started").execute();
}

/** Records an update that is over as soon as it is recorded. */
export async function insertFinished(
  db: Db,
  update: { id: string; stackId: string; kind: "import" | "rename"; version: number; userId: string },
): Promise<void> {
  await db
    .insertInto("updates")
    .values({
      id: update.id,
      stack_id: update.stackId,
      kind: update.kind,
      dry_run: false,
      status: "succeeded",
      version: update.version,
      requested_by: update.userId,
      environment: "{}",
      config: "{}",
      required_policies: "[]",
      started_at: NOW,
      ended_at: NOW,
      receipted: true,
    })
    .execute();
}

/** How many updates of each kind run. */
export async function countRunning(db: Db): Promise<{ kind: UpdateKind; dryRun: boolean; count: number }[]> {
  const rows = await db
    .selectFrom("updates")
    .where("status", "=", "running")
    .groupBy(["kind", "dry_run"])
    .select(({ fn }) => ["kind", "dry_run as dryRun", fn.countAll<string>().as("count")])
    .execute();
  return rows.map((row) => ({ ...row, count: Number(row.count) }));
}

/** The configuration of an update, as it was sent, if the update runs, and where and with which token it was started. */
export async function readRunning(db: Db, updateId: string) {
  return db
    .selectFrom("updates as update")
    .innerJoin("stacks as stack", "stack.id", "update.stack_id")
    .innerJoin("organizations as org", "org.id", "stack.organization_id")
    .where("update.id", "=", updateId)
    .where("update.status", "=", "running")
    .select([
      "update.config",
      "update.started_with as tokenId",
      "org.name as organization",
      "stack.project",
      "stack.name as stack",
    ])
    .executeTakeFirst();
}

export async function findUpdate(
  db: Db,
  stackId: string,
  updateId: string,
): Promise<{ kind: UpdateKind; dryRun: boolean; status: UpdateStatus; basis: Basis | null } | undefined> {
  return db
    .selectFrom("updates")
    .where("stack_id", "=", stackId)
    .where("id", "=", updateId)
    .select(["kind", "dry_run as dryRun", "status", sql<Basis | null>`basis`.as("basis")])
    .executeTakeFirst();
}

/** The id of the real update that made this version of the stack. */
export async function findUpdateByVersion(db: Db, stackId: string, version: number): Promise<string | undefined> {
  const row = await db
    .selectFrom("updates")
    .where("stack_id", "=", stackId)
    .where("version", "=", version)
    .where("dry_run", "=", false)
    .select("id")
    .executeTakeFirst();
  return row?.id;
}

/** An update as the one that holds a stack. */
export interface Holder {
  kind: UpdateKind;
  /** The login; null for a user who was removed. */
  author: string | null;
  started: Date | null;
  /** Whether its lease has not expired; null when it has none. */
  live: boolean | null;
}

export async function readHolder(db: Db, updateId: string): Promise<Holder | undefined> {
  return db
    .selectFrom("updates as update")
    .leftJoin("users as author", "author.id", "update.requested_by")
    .where("update.id", "=", updateId)
    .select([
      "update.kind",
      "author.login as author",
      "update.started_at as started",
      sql<boolean | null>`update.lease_expires_at > ${NOW}`.as("live"),
    ])
    .executeTakeFirst();
}

/** When each of the updates ended, by id. An update that was not started is left out. */
export async function readEnds(db: Db, ids: readonly string[]): Promise<Map<string, Date | "running">> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom("updates")
    .where(sql<boolean>`id = any(${[...ids]}::uuid[])`)
    .where("started_at", "is not", null)
    .select(["id", "ended_at as ended"])
    .execute();
  return new Map(rows.map(({ id, ended }) => [id, ended ?? "running"]));
}
