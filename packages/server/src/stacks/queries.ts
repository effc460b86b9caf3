import { type SqlBool, sql } from "kysely";
import type { Actor, OrgCtx, StackRef } from "../context.ts";
import type { Db } from "../db/open.ts";
import type { Role, StackPermission, Tags } from "../db/schema.ts";

const UNIQUE_VIOLATION = "23505";

/** The grants on `stack` of the teams that the caller is in, or, for a team's token, is. */
function grantsTo({ userId, scope }: Actor) {
  const mine = scope?.team
    ? sql<SqlBool>`given.team_id = ${scope.team.id}`
    : sql<SqlBool>`given.team_id in (select team_id from team_members where user_id = ${userId})`;
  return sql`from team_stacks given where given.stack_id = stack.id and ${mine}`;
}

/**
 * Whether the caller may read `stack`, as `permissionOn` would say, for a list that is cut into pages: `seat` must have
 * their role in the stack's organization, `org` its default.
 */
export function isReadable(actor: Actor) {
  const byDefault = actor.scope?.team ? sql`false` : sql`org.default_permission <> 'none'`;
  return sql<SqlBool>`(seat.role = 'admin' or ${byDefault} or coalesce(stack.created_by = ${actor.userId}, false)
    or exists (select ${grantsTo(actor)}))`;
}

/** The organizations that the caller may act in, and their role there. */
export function seatsOf({ userId, scope }: Actor) {
  const seats = scope
    ? sql`select ${scope.organization.id}::uuid as organization_id, ${scope.role}::text as role`
    : sql`select organization_id, role from members where user_id = ${userId}`;
  return sql<{ organization_id: string; role: Role }>`(${seats})`.as<"seat">(sql`seat`);
}

/** The stack of that name, with what bears on the caller's permission. */
export async function findStack(
  { db, org, actor }: OrgCtx,
  project: string,
  name: string,
): Promise<(StackRef & { creator: boolean; grants: StackPermission[] }) | undefined> {
  return db
    .selectFrom("stacks as stack")
    .where("stack.organization_id", "=", org.id)
    .where("stack.project", "=", project)
    .where("stack.name", "=", name)
    .select([
      "stack.id",
      "stack.project",
      "stack.name",
      sql<boolean>`coalesce(stack.created_by = ${actor.userId}, false)`.as("creator"),
      sql<StackPermission[]>`array(select given.permission ${grantsTo(actor)})`.as("grants"),
    ])
    .executeTakeFirst();
}

/** Whether the project has a stack that the caller may read. */
export async function hasProject({ db, org, actor }: OrgCtx, project: string): Promise<boolean> {
  const row = await db
    .selectFrom(seatsOf(actor))
    .innerJoin("organizations as org", "org.id", "seat.organization_id")
    .innerJoin("stacks as stack", "stack.organization_id", "org.id")
    .where("org.id", "=", org.id)
    .where("stack.project", "=", project)
    .where(isReadable(actor))
    .select("stack.id")
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** The stacks of the organization that the caller may read, by id. */
export async function listReadable({ db, org, actor }: OrgCtx): Promise<Set<string>> {
  const rows = await db
    .selectFrom(seatsOf(actor))
    .innerJoin("organizations as org", "org.id", "seat.organization_id")
    .innerJoin("stacks as stack", "stack.organization_id", "org.id")
    .where("org.id", "=", org.id)
    .where(isReadable(actor))
    .select("stack.id")
    .execute();
  return new Set(rows.map(({ id }) => id));
}

/** @returns false when the organization has a stack of that project and name. */
export async function insertStack(
  db: Db,
  stack: StackRef & { organizationId: string; tags: Tags; dataKey: Buffer; createdBy: string },
): Promise<boolean> {
  const { id, project, name } = stack;
  const inserted = await db
    .insertInto("stacks")
    .values({
      id,
      organization_id: stack.organizationId,
      project,
      name,
      tags: JSON.stringify(stack.tags),
      data_key: stack.dataKey,
      created_by: stack.createdBy,
    })
    .onConflict((conflict) => conflict.columns(["organization_id", "project", "name"]).doNothing())
    .executeTakeFirst();
  return inserted.numInsertedOrUpdatedRows === 1n;
}

/** The stack as it is now, with the update that holds it, whether or not that one's lease has run out. */
export async function readStack(db: Db, stackId: string) {
  return db
    .selectFrom("stacks as stack")
    .leftJoin("updates as holder", "holder.id", "stack.lease_update_id")
    .leftJoin("users as author", "author.id", "holder.requested_by")
    .where("stack.id", "=", stackId)
    .select([
      "stack.tags",
      "stack.version",
      "stack.last_update_id as lastUpdateId",
      "holder.kind",
      "author.login as author",
      "holder.started_at as started",
      sql<boolean | null>`holder.lease_expires_at > clock_timestamp()`.as("live"),
    ])
    .executeTakeFirst();
}

export interface StackFilter {
  organization?: string | undefined;
  project?: string | undefined;
  tagName?: string | undefined;
  tagValue?: string | undefined;
}

/** A stack's place in a list: organization, project, name. */
export type Place = readonly [string, string, string];

/** The stacks that the caller may read in the order of their names, those after `after` only. */
export async function listStackSummaries(
  db: Db,
  page: { actor: Actor; filter: StackFilter; after?: Place | undefined; limit: number },
) {
  const { organization, project, tagName, tagValue } = page.filter;
  return db
    .selectFrom(seatsOf(page.actor))
    .innerJoin("organizations as org", "org.id", "seat.organization_id")
    .innerJoin("stacks as stack", "stack.organization_id", "org.id")
    .leftJoin("updates as last", "last.id", "stack.last_update_id")
    .where(isReadable(page.actor))
    .$if(organization !== undefined, (query) => query.where("org.name", "=", organization ?? ""))
    .$if(project !== undefined, (query) => query.where("stack.project", "=", project ?? ""))
    .$if(tagName !== undefined, (query) => query.where(sql<SqlBool>`jsonb_exists(stack.tags, ${tagName})`))
    .$if(tagValue !== undefined, (query) => query.where(sql<SqlBool>`stack.tags ->> ${tagName ?? ""} = ${tagValue}`))
    .$if(page.after !== undefined, (query) =>
      query.where(sql<SqlBool>`(org.name, stack.project, stack.name) > (${sql.join(page.after ?? [])})`),
    )
    .orderBy("org.name")
    .orderBy("stack.project")
    .orderBy("stack.name")
    .limit(page.limit)
    .select((of) => [
      "stack.id",
      "org.name as orgName",
      "stack.project",
      "stack.name",
      sql<Date | null>`coalesce(last.ended_at, last.started_at)`.as("lastUpdate"),
      of
        .selectFrom("checkpoints")
        .whereRef("checkpoints.stack_id", "=", "stack.id")
        .orderBy("checkpoints.version", "desc")
        .limit(1)
        .select("checkpoints.resource_count")
        .as("resourceCount"),
    ])
    .execute();
}

export async function setTags(db: Db, stackId: string, tags: Tags): Promise<void> {
  await db
    .updateTable("stacks")
    .set({ tags: JSON.stringify(tags) })
    .where("id", "=", stackId)
    .execute();
}

/** Makes every change of the stack wait until the transaction ends. @returns undefined when there is no such stack. */
export async function lockStack(trx: Db, stackId: string) {
  return trx
    .selectFrom("stacks")
    .where("id", "=", stackId)
    .select(["version", "tags", "lease_update_id as holderId"])
    .forNoKeyUpdate()
    .executeTakeFirst();
}

/** Gives the stack's lease, and its next version, to an update. @returns undefined when another holds it. */
export async function takeLease(trx: Db, stackId: string, updateId: string) {
  return trx
    .updateTable("stacks")
    .set({
      lease_epoch: sql<string>`lease_epoch + 1`,
      lease_update_id: updateId,
      version: sql<number>`version + 1`,
      last_update_id: updateId,
    })
    .where("id", "=", stackId)
    .where("lease_update_id", "is", null)
    .returning(["version", "lease_epoch as epoch"])
    .executeTakeFirst();
}

/** Takes the lease from the update, if it has it: from now on nothing written in its name is accepted. */
export async function releaseLease(trx: Db, stackId: string, updateId: string): Promise<void> {
  await trx
    .updateTable("stacks")
    .set({ lease_epoch: sql<string>`lease_epoch + 1`, lease_update_id: null })
    .where("id", "=", stackId)
    .where("lease_update_id", "=", updateId)
    .execute();
}

/** Counts a change that is over at once. The stack must be locked and free. @returns its version. */
export async function advanceVersion(trx: Db, stackId: string, updateId: string): Promise<number> {
  const { version } = await trx
    .updateTable("stacks")
    .set({ version: sql<number>`version + 1`, last_update_id: updateId })
    .where("id", "=", stackId)
    .returning("version")
    .executeTakeFirstOrThrow();
  return version;
}

/** @returns false when that name is taken; the transaction can only be rolled back then. */
export async function setStackName(
  trx: Db,
  stackId: string,
  to: { project: string; name: string; tags: Tags },
): Promise<boolean> {
  try {
    await trx
      .updateTable("stacks")
      .set({ project: to.project, name: to.name, tags: JSON.stringify(to.tags) })
      .where("id", "=", stackId)
      .execute();
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === UNIQUE_VIOLATION) return false;
    throw error;
  }
}

export async function deleteStackRow(trx: Db, stackId: string): Promise<void> {
  await trx.deleteFrom("stacks").where("id", "=", stackId).execute();
}
