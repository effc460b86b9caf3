import { type SqlBool, sql } from "kysely";
import type { StackRef } from "../context.ts";
import type { Db } from "../db/open.ts";
import type { Tags } from "../db/schema.ts";

const UNIQUE_VIOLATION = "23505";

export async function findStack(
  db: Db,
  organizationId: string,
  project: string,
  name: string,
): Promise<StackRef | undefined> {
  return db
    .selectFrom("stacks")
    .where("organization_id", "=", organizationId)
    .where("project", "=", project)
    .where("name", "=", name)
    .select(["id", "project", "name"])
    .executeTakeFirst();
}

export async function hasProject(db: Db, organizationId: string, project: string): Promise<boolean> {
  const row = await db
    .selectFrom("stacks")
    .where("organization_id", "=", organizationId)
    .where("project", "=", project)
    .select("id")
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** @returns false when the organization has a stack of that project and name. */
export async function insertStack(
  db: Db,
  stack: StackRef & { organizationId: string; tags: Tags; dataKey: Buffer },
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

/** Stacks of the user's organizations in the order of their names, those after `after` only. */
export async function listStackSummaries(
  db: Db,
  page: { userId: string; filter: StackFilter; after?: Place | undefined; limit: number },
) {
  const { organization, project, tagName, tagValue } = page.filter;
  return db
    .selectFrom("members")
    .innerJoin("organizations as org", "org.id", "members.organization_id")
    .innerJoin("stacks as stack", "stack.organization_id", "org.id")
    .leftJoin("updates as last", "last.id", "stack.last_update_id")
    .where("members.user_id", "=", page.userId)
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
