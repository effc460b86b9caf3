import type { UpdateStatus } from "@quillon/contract";
import { type SqlBool, sql } from "kysely";
import type { Lease } from "../context.ts";
import type { Db } from "../db/open.ts";
import { prepared } from "../db/prepared.ts";
import { inSeconds, NOW, secondsAgo } from "../db/time.ts";
import { STARTED_WITHIN_SECONDS } from "./expiry-queries.ts";

/**
 * The lease of the update with that id, names and token, even if the update has ended since. Its stack may have other names by now, if no
 * stack has those.
 */
export async function selectLease(
  db: Db,
  update: { organization: string; project: string; stack: string; updateId: string; tokenHash: Buffer },
): Promise<(Lease & { project: string; stack: string }) | undefined> {
  const { organization, project, stack } = update;
  // Written as text, because each request of an update asks for it, and to put it together from parts takes many times as long.
  const { rows } = await sql<Lease & { project: string; stack: string }>`${prepared}
    select update.id as "updateId", stack.id as "stackId", update.requested_by as "userId", update.lease_epoch as epoch,
      stack.backend, stack.project, stack.name as stack
    from updates as update
    join stacks as stack on stack.id = update.stack_id
    join organizations as org on org.id = stack.organization_id
    where update.id = ${update.updateId} and update.lease_hash = ${update.tokenHash} and ${isMeant(organization)}
      and ((stack.project, stack.name) = (${project}, ${stack}) or not exists (
        select from stacks as named
        where named.organization_id = org.id and named.project = ${project} and named.name = ${stack}))`.execute(db);
  return rows[0];
}

/** Whether the path names `org`, or names its caller, by whom their default organization is meant. */
function isMeant(name: string) {
  return sql<SqlBool>`(org.name = ${name} or (
    exists (select from users where users.login = ${name} and users.id = update.requested_by)
    and not exists (select from organizations where organizations.name = ${name})))`;
}

/** Starts an update. @returns when its lease expires, or undefined when the update is not one that can be started. */
export async function setRunning(
  db: Db,
  update: {
    id: string;
    version: number;
    epoch: string | null;
    tokenHash: Buffer;
    /** The access token that it is started with. */
    startedWith: string;
    client: { login: string; tokenName: string; address: string };
    seconds: number;
  },
): Promise<Date | undefined> {
  const row = await db
    .updateTable("updates")
    .set({
      status: "running",
      version: update.version,
      lease_epoch: update.epoch,
      lease_hash: update.tokenHash,
      started_with: update.startedWith,
      client: JSON.stringify(update.client),
      lease_expires_at: inSeconds(update.seconds),
      started_at: NOW,
    })
    .where("id", "=", update.id)
    .where("status", "=", "not-started")
    .where("created_at", ">", secondsAgo(STARTED_WITHIN_SECONDS))
    .returning("lease_expires_at as expires")
    .executeTakeFirst();
  return row?.expires ?? undefined;
}

/** An update that runs, with the access token that it was started with. */
export interface RunningUpdate {
  updateId: string;
  stackId: string;
  organizationId: string;
  organization: string;
  project: string;
  stack: string;
  tokenId: string;
}

/** In the order of their stacks. */
export async function listRunning(
  db: Db,
  of: { organizationId: string } | { tokenId: string },
): Promise<RunningUpdate[]> {
  return db
    .selectFrom("updates as update")
    .innerJoin("stacks as stack", "stack.id", "update.stack_id")
    .innerJoin("organizations as org", "org.id", "stack.organization_id")
    .where("update.status", "=", "running")
    .where("update.started_with", "is not", null)
    .$if("organizationId" in of, (query) => query.where("org.id", "=", "organizationId" in of ? of.organizationId : ""))
    .$if("tokenId" in of, (query) => query.where("update.started_with", "=", "tokenId" in of ? of.tokenId : ""))
    .orderBy("stack.id")
    .select([
      "update.id as updateId",
      "stack.id as stackId",
      "org.id as organizationId",
      "org.name as organization",
      "stack.project",
      "stack.name as stack",
      "update.started_with as tokenId",
    ])
    .$narrowType<{ tokenId: string }>()
    .execute();
}

/** @returns when the lease expires now, or undefined when it has expired already. */
export async function extendLease(db: Db, updateId: string, seconds: number): Promise<Date | undefined> {
  const row = await db
    .updateTable("updates")
    .set({ lease_expires_at: sql<Date>`greatest(lease_expires_at, ${inSeconds(seconds)})` })
    .where("id", "=", updateId)
    .where("status", "=", "running")
    .where("lease_expires_at", ">", NOW)
    .returning("lease_expires_at as expires")
    .executeTakeFirst();
  return row?.expires ?? undefined;
}

/** Ends a running update as it asked for itself. @returns false when its lease has expired. */
export async function setEndedByItself(db: Db, updateId: string, status: UpdateStatus): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("updates")
    .set({ status, ended_at: NOW })
    .where("id", "=", updateId)
    .where("status", "=", "running")
    .where("lease_expires_at", ">", NOW)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** The status with which the update ended itself; undefined when it still runs, or was ended by something else. */
export async function readStatusSetByItself(db: Db, updateId: string): Promise<UpdateStatus | undefined> {
  const row = await db
    .selectFrom("updates")
    .where("id", "=", updateId)
    .where("ended_at", "is not", null)
    .where("lease_expires_at", "is not", null)
    .select("status")
    .executeTakeFirst();
  return row?.status;
}

/** Cancels running updates. Without an expiry their leases are not valid any more, so they can't end themselves. */
export async function setCancelled(db: Db, updateIds: readonly string[]): Promise<void> {
  await db
    .updateTable("updates")
    .set({ status: "cancelled", ended_at: NOW, lease_expires_at: null })
    .where(sql<SqlBool>`id = any(${[...updateIds]}::uuid[])`)
    .where("status", "=", "running")
    .execute();
}
