import { type Selectable, sql } from "kysely";
import type { Db } from "../db/open.ts";
import type { Schema } from "../db/schema.ts";

/** All SQL about the groups themselves; their packs are in pack-queries.ts, their members in member-queries.ts. */

export type GroupRow = Selectable<Schema["policy_groups"]>;

/** How long it counts what a client has read of a group. */
const READ_COUNTS = sql<Date>`clock_timestamp() - interval '5 minutes'`;

export interface NewGroup {
  organizationId: string;
  name: string;
  entityType: "stacks" | "accounts";
  mode: "preventative" | "audit";
  isDefault?: boolean;
  agentPoolId?: string | undefined;
}

/** @returns the group's id, or undefined when the organization has one of that name. */
export async function insertGroup(trx: Db, group: NewGroup): Promise<string | undefined> {
  const row = await trx
    .insertInto("policy_groups")
    .values({
      organization_id: group.organizationId,
      name: group.name,
      is_default: group.isDefault ?? false,
      entity_type: group.entityType,
      mode: group.mode,
      agent_pool_id: group.agentPoolId ?? null,
    })
    .onConflict((conflict) => conflict.columns(["organization_id", "name"]).doNothing())
    .returning("id")
    .executeTakeFirst();
  return row?.id;
}

export async function findGroup(db: Db, organizationId: string, name: string): Promise<GroupRow | undefined> {
  return db
    .selectFrom("policy_groups")
    .where("organization_id", "=", organizationId)
    .where("name", "=", name)
    .selectAll()
    .executeTakeFirst();
}

export async function readGroup(db: Db, id: string): Promise<GroupRow> {
  return db.selectFrom("policy_groups").where("id", "=", id).selectAll().executeTakeFirstOrThrow();
}

export async function updateGroup(
  trx: Db,
  id: string,
  set: Partial<{ name: string; mode: GroupRow["mode"]; agent_pool_id: string; selector: string | null }>,
): Promise<void> {
  await trx.updateTable("policy_groups").set(set).where("id", "=", id).execute();
}

export async function deleteGroup(trx: Db, id: string): Promise<void> {
  await trx.deleteFrom("policy_groups").where("id", "=", id).execute();
}

/** The organization's groups by name, each with how many packs it has enabled and how much is in its list. */
export async function listGroupSummaries(db: Db, organizationId: string) {
  return db
    .selectFrom("policy_groups as group")
    .where("group.organization_id", "=", organizationId)
    .orderBy("group.name")
    .selectAll("group")
    .select((of) => [
      of
        .selectFrom("policy_group_packs")
        .whereRef("group_id", "=", "group.id")
        .select(of.fn.countAll<string>().as("count"))
        .as("packs"),
      of
        .selectFrom("policy_group_stacks")
        .whereRef("group_id", "=", "group.id")
        .select(of.fn.countAll<string>().as("count"))
        .as("listed"),
      of
        .selectFrom("policy_group_accounts")
        .whereRef("group_id", "=", "group.id")
        .select(of.fn.countAll<string>().as("count"))
        .as("accounts"),
    ])
    .execute();
}

/**
 * Counts one more change to the organization's policies. Whatever changes groups, or which versions there are to enable,
 * asks for it first, so such changes of one organization come one after the other.
 */
export async function nextChange(trx: Db, organizationId: string): Promise<string> {
  const { changes } = await trx
    .updateTable("organizations")
    .set({ changes: sql<string>`changes + 1` })
    .where("id", "=", organizationId)
    .returning("changes")
    .executeTakeFirstOrThrow();
  return changes;
}

/** Notes that the group was edited. Its editor has seen the result, if they had seen what was there before. */
export async function setChanged(
  trx: Db,
  group: { id: string; changed: string },
  by: { change: string; userId: string },
): Promise<void> {
  await trx
    .updateTable("policy_groups")
    .set({ changed: by.change, changed_by: by.userId })
    .where("id", "=", group.id)
    .execute();
  await trx
    .updateTable("policy_group_reads")
    .set({ changed: by.change, read_at: sql<Date>`clock_timestamp()` })
    .where("group_id", "=", group.id)
    .where("user_id", "=", by.userId)
    .where("changed", "=", group.changed)
    .execute();
}

export async function noteRead(db: Db, group: { id: string; changed: string }, userId: string): Promise<void> {
  const changed = group.changed;
  const read_at = sql<Date>`clock_timestamp()`;
  await db
    .insertInto("policy_group_reads")
    .values({ group_id: group.id, user_id: userId, changed, read_at })
    .onConflict((conflict) => conflict.columns(["group_id", "user_id"]).doUpdateSet({ changed, read_at }))
    .execute();
}

/** As of which change the user has read the group in the last minutes; undefined when they have not. */
export async function findRead(db: Db, groupId: string, userId: string): Promise<string | undefined> {
  const row = await db
    .selectFrom("policy_group_reads")
    .where("group_id", "=", groupId)
    .where("user_id", "=", userId)
    .where("read_at", ">", READ_COUNTS)
    .select("changed")
    .executeTakeFirst();
  return row?.changed;
}

export async function findLogin(db: Db, userId: string | null): Promise<string | undefined> {
  if (!userId) return undefined;
  return (await db.selectFrom("users").where("id", "=", userId).select("login").executeTakeFirst())?.login;
}
