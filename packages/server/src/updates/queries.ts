import type { UpdateKind, UpdateStatus } from "@quillon/contract";
import { sql } from "kysely";
import type { Lease } from "../context.ts";
import type { Db } from "../db/open.ts";
import { writeJson } from "../json/write.ts";

const NOW = sql<Date>`clock_timestamp()`;

export interface NewUpdate {
  stackId: string;
  kind: UpdateKind;
  dryRun: boolean;
  userId: string;
  message: string;
  environment: Record<string, string>;
  config: unknown;
  requiredPolicies: unknown;
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
      required_policies: writeJson(update.requiredPolicies),
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

/** Records an update that is over as soon as it is made. */
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
    })
    .execute();
}

export async function findUpdate(db: Db, stackId: string, updateId: string) {
  return db
    .selectFrom("updates")
    .where("stack_id", "=", stackId)
    .where("id", "=", updateId)
    .select(["id", "dry_run as dryRun", "status"])
    .executeTakeFirst();
}

/** The update, as the one that holds a stack. `live`: its lease has not run out. */
export async function readHolder(db: Db, updateId: string) {
  return db
    .selectFrom("updates as update")
    .leftJoin("users as author", "author.id", "update.requested_by")
    .where("update.id", "=", updateId)
    .select([
      "update.kind",
      "author.login as author",
      "update.started_at as started",
      sql<boolean | null>`update.lease_expires_at > clock_timestamp()`.as("live"),
    ])
    .executeTakeFirst();
}

/** When each of the updates ended, or began while it runs, by id. One that was not started yet is left out. */
export async function readUpdateTimes(db: Db, ids: readonly string[]): Promise<Map<string, Date>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom("updates")
    .where("id", "in", ids)
    .select(["id", sql<Date | null>`coalesce(ended_at, started_at)`.as("time")])
    .execute();
  return new Map(rows.flatMap(({ id, time }) => (time ? [[id, time]] : [])));
}

/** The update that the token belongs to, whatever has become of it since. */
export async function findLease(
  db: Db,
  wanted: { orgName: string; projectName: string; stackName: string; updateID: string; tokenHash: Buffer },
): Promise<Lease | undefined> {
  return db
    .selectFrom("updates as update")
    .innerJoin("stacks as stack", "stack.id", "update.stack_id")
    .innerJoin("organizations as org", "org.id", "stack.organization_id")
    .where("update.id", "=", wanted.updateID)
    .where("update.lease_hash", "=", wanted.tokenHash)
    .where("org.name", "=", wanted.orgName)
    .where("stack.project", "=", wanted.projectName)
    .where("stack.name", "=", wanted.stackName)
    .select(["update.id as updateId", "stack.id as stackId", "update.lease_epoch as epoch"])
    .executeTakeFirst();
}

/** @returns when the lease runs out, or undefined when the update is not one that waits to be started. */
export async function setRunning(
  db: Db,
  update: { id: string; version: number; epoch: string | null; tokenHash: Buffer; seconds: number },
): Promise<Date | undefined> {
  const row = await db
    .updateTable("updates")
    .set({
      status: "running",
      version: update.version,
      lease_epoch: update.epoch,
      lease_hash: update.tokenHash,
      lease_expires_at: inSeconds(update.seconds),
      started_at: NOW,
    })
    .where("id", "=", update.id)
    .where("status", "=", "not-started")
    .returning("lease_expires_at")
    .executeTakeFirst();
  return row?.lease_expires_at ?? undefined;
}

/** @returns when the lease runs out now, or undefined when it is gone already. */
export async function extendLease(db: Db, updateId: string, seconds: number): Promise<Date | undefined> {
  const row = await db
    .updateTable("updates")
    .set({ lease_expires_at: sql<Date>`greatest(lease_expires_at, ${inSeconds(seconds)})` })
    .where("id", "=", updateId)
    .where("status", "=", "running")
    .where("lease_expires_at", ">", NOW)
    .returning("lease_expires_at")
    .executeTakeFirst();
  return row?.lease_expires_at ?? undefined;
}

/** Ends a running update in the name of its lease, which must be alive. @returns false when it is gone. */
export async function setCompleted(db: Db, updateId: string, status: UpdateStatus): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("updates")
    .set({ status, ended_at: NOW })
    .where("id", "=", updateId)
    .where("status", "=", "running")
    .where("lease_expires_at", ">", NOW)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** The status that the update was given by its own `complete`; undefined when it runs, or was ended by others. */
export async function readCompleted(db: Db, updateId: string): Promise<UpdateStatus | undefined> {
  const row = await db
    .selectFrom("updates")
    .where("id", "=", updateId)
    .where("ended_at", "is not", null)
    .where("lease_expires_at", "is not", null)
    .select("status")
    .executeTakeFirst();
  return row?.status;
}

/** Ends a running update from outside. Without an expiry its lease is void, and its own `complete` comes too late. */
export async function setCancelled(db: Db, updateId: string): Promise<void> {
  await db
    .updateTable("updates")
    .set({ status: "cancelled", ended_at: NOW, lease_expires_at: null })
    .where("id", "=", updateId)
    .where("status", "=", "running")
    .execute();
}

/** Ends the update as failed if its lease has run out. @returns whether it did. */
export async function failIfExpired(db: Db, updateId: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("updates")
    .set({ status: "failed", ended_at: NOW, lease_expires_at: null })
    .where("id", "=", updateId)
    .where("status", "=", "running")
    .where("lease_expires_at", "<=", NOW)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Real updates whose lease has run out. */
export async function listExpired(db: Db): Promise<{ id: string; stackId: string }[]> {
  return db
    .selectFrom("updates")
    .where("status", "=", "running")
    .where("dry_run", "=", false)
    .where("lease_expires_at", "<=", NOW)
    .select(["id", "stack_id as stackId"])
    .execute();
}

/** Ends dry runs whose lease has run out: they hold nothing, so that is all. */
export async function failExpiredDryRuns(db: Db): Promise<void> {
  await db
    .updateTable("updates")
    .set({ status: "failed", ended_at: NOW, lease_expires_at: null })
    .where("id", "in", (of) =>
      of
        .selectFrom("updates")
        .where("status", "=", "running")
        .where("dry_run", "=", true)
        .where("lease_expires_at", "<=", NOW)
        .select("id")
        .forUpdate()
        .skipLocked(),
    )
    .execute();
}

/** Drops updates that were created more than a day ago and never started. */
export async function deleteNeverStarted(db: Db): Promise<void> {
  await db
    .deleteFrom("updates")
    .where("status", "=", "not-started")
    .where("created_at", "<", sql<Date>`now() - interval '1 day'`)
    .execute();
}

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

/** Real updates that were started, newest first; all of them without `page`. */
export async function listHistory(
  db: Db,
  stackId: string,
  page?: { size: number; number: number },
): Promise<HistoryEntry[]> {
  return db
    .selectFrom("updates as update")
    .leftJoin("checkpoints as checkpoint", "checkpoint.update_id", "update.id")
    .where("update.stack_id", "=", stackId)
    .where("update.dry_run", "=", false)
    .where("update.version", ">", 0)
    .orderBy("update.version", "desc")
    .$if(page !== undefined, (query) =>
      query.limit(page?.size ?? 0).offset(((page?.number ?? 1) - 1) * (page?.size ?? 0)),
    )
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
    ])
    .execute();
}

/**
 * Records events of an update that runs under a live lease; one whose sequence is there already is kept as it was.
 *
 * @returns false when the update has ended or its lease is gone; nothing was recorded then.
 */
export async function insertEvents(
  db: Db,
  updateId: string,
  events: { sequences: number[]; bodies: string[]; resourceChanges: Record<string, number> | undefined },
): Promise<boolean> {
  const changes = events.resourceChanges ? JSON.stringify(events.resourceChanges) : null;
  const { rows } = await sql`
    with running as materialized (
      select id, lease_expires_at from updates where id = ${updateId} and status = 'running' for no key update
    ), live as materialized (
      select id from running where lease_expires_at > clock_timestamp()
    ), recorded as (
      insert into engine_events (update_id, sequence, body)
      select live.id, event.sequence, event.body
      from live, unnest(${events.sequences}::bigint[], ${events.bodies}::text[]) as event (sequence, body)
      on conflict do nothing
    ), summarized as (
      update updates set resource_changes = ${changes}::json from live where updates.id = live.id and ${changes}::json is not null
    )
    select id from live`.execute(db);
  return rows.length === 1;
}

export async function listEvents(db: Db, updateId: string, page: { from: number; limit: number }) {
  const rows = await db
    .selectFrom("engine_events")
    .where("update_id", "=", updateId)
    .where("sequence", ">=", String(page.from))
    .orderBy("sequence")
    .limit(page.limit)
    .select(["sequence", "body"])
    .execute();
  return rows.map(({ sequence, body }) => ({ sequence: Number(sequence), body }));
}

function inSeconds(seconds: number) {
  return sql<Date>`clock_timestamp() + make_interval(secs => ${seconds})`;
}
