import type { StackPermission, Tags } from "@quillon/contract";
import { type SqlBool, sql } from "kysely";
import type { Actor, StackRef } from "../context.ts";
import type { Db } from "../db/open.ts";
import { hasSqlState, SQLSTATE } from "../db/sqlstate.ts";
import type { Elsewhere } from "./elsewhere-queries.ts";
import { grantsTo } from "./readable-queries.ts";

/** A stack, with what decides on the caller's permission. */
interface GrantedStack extends StackRef {
  creator: boolean;
  grants: StackPermission[];
}

/** The stack of that name. */
export async function selectStack(
  db: Db,
  { actor, organizationId, project, name }: { actor: Actor; organizationId: string; project: string; name: string },
): Promise<GrantedStack | undefined> {
  return selectGranted(db, actor, organizationId)
    .where("stack.project", "=", project)
    .where("stack.name", "=", name)
    .executeTakeFirst();
}

/** Those of these stacks that the organization has. */
export async function selectStacks(
  db: Db,
  { actor, organizationId, ids }: { actor: Actor; organizationId: string; ids: readonly string[] },
): Promise<GrantedStack[]> {
  return selectGranted(db, actor, organizationId)
    .where(sql<SqlBool>`stack.id = any(${[...ids]}::uuid[])`)
    .execute();
}

function selectGranted(db: Db, actor: Actor, organizationId: string) {
  return db
    .selectFrom("stacks as stack")
    .where("stack.organization_id", "=", organizationId)
    .select([
      "stack.id",
      "stack.project",
      "stack.name",
      sql<boolean>`coalesce(stack.created_by = ${actor.userId}, false)`.as("creator"),
      sql<StackPermission[]>`array(select given.permission ${grantsTo(actor)})`.as("grants"),
    ]);
}

/** @returns false when the organization has a stack of that project and name, or of that place elsewhere. */
export async function insertStack(
  db: Db,
  stack: StackRef & {
    organizationId: string;
    tags: Tags;
    dataKey: Buffer;
    createdBy: string;
    elsewhere?: Elsewhere | undefined;
  },
): Promise<boolean> {
  const { id, project, name, elsewhere } = stack;
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
      ...(elsewhere && {
        backend: elsewhere.backend,
        backend_project: elsewhere.project,
        backend_stack: elsewhere.stack,
      }),
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return inserted.numInsertedOrUpdatedRows === 1n;
}

export interface StackRow extends StackRef {
  tags: Tags;
  version: number;
  lastUpdateId: string | null;
  /** The update that has the stack's lease, even when the lease has expired. */
  holderId: string | null;
}

export async function readStack(db: Db, stackId: string): Promise<StackRow | undefined> {
  return db
    .selectFrom("stacks")
    .where("id", "=", stackId)
    .select([
      "id",
      "project",
      "name",
      "tags",
      "version",
      "last_update_id as lastUpdateId",
      "lease_update_id as holderId",
    ])
    .executeTakeFirst();
}

/** The stack's own key, encrypted with the master key. */
export async function readDataKey(db: Db, stackId: string): Promise<Buffer | undefined> {
  const row = await db.selectFrom("stacks").where("id", "=", stackId).select("data_key as dataKey").executeTakeFirst();
  return row?.dataKey;
}

export async function writeTags(db: Db, stackId: string, tags: Tags): Promise<void> {
  await db
    .updateTable("stacks")
    .set({ tags: JSON.stringify(tags) })
    .where("id", "=", stackId)
    .execute();
}

/** @returns false when the organization has another stack of that name. The transaction can then only be rolled back. */
export async function setStackName(
  db: Db,
  { stackId, project, name, tags }: { stackId: string; project: string; name: string; tags: Tags },
): Promise<boolean> {
  try {
    await db
      .updateTable("stacks")
      .set({ project, name, tags: JSON.stringify(tags) })
      .where("id", "=", stackId)
      .execute();
    return true;
  } catch (error) {
    if (hasSqlState(error, SQLSTATE.uniqueViolation)) return false;
    throw error;
  }
}

export async function deleteStackRow(db: Db, stackId: string): Promise<void> {
  await db.deleteFrom("stacks").where("id", "=", stackId).execute();
}
