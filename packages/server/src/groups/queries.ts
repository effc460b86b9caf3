import type { EntityType, GroupMode } from "@quillon/contract";
import { type SqlBool, sql } from "kysely";
import type { Db } from "../db/open.ts";
import { NOW, secondsAgo } from "../db/time.ts";
import type { RuleText } from "./rule-text.ts";

/** SQL about the groups themselves. Their packs are in pack-queries.ts, their members in member-queries.ts. */

export interface GroupRow {
  id: string;
  name: string;
  isDefault: boolean;
  entityType: EntityType;
  mode: GroupMode;
  stackRule: RuleText | null;
  /** A rule about accounts, which nothing evaluates: JSON text, as it was sent. */
  accountRule: string | null;
  agentPoolId: string | null;
  /** The organization's change counter when the group was last edited. */
  changed: string;
  changedBy: string | null;
}

const columns = [
  "group.id",
  "group.name",
  "group.is_default as isDefault",
  "group.entity_type as entityType",
  "group.mode",
  "group.stack_rule as stackRule",
  "group.account_rule as accountRule",
  "group.agent_pool_id as agentPoolId",
  "group.changed",
  "group.changed_by as changedBy",
] as const;

/** How long it counts what a client has read of a group. */
const READ_COUNTS = secondsAgo(300);

export interface NewGroup {
  organizationId: string;
  name: string;
  entityType: EntityType;
  mode: GroupMode;
  isDefault?: boolean;
  agentPoolId?: string | null | undefined;
  stackRule?: RuleText | null | undefined;
  accountRule?: string | null | undefined;
}

/** @returns the group's id, or undefined when the organization has one of that name. */
export async function insertGroup(db: Db, group: NewGroup): Promise<string | undefined> {
  const row = await db
    .insertInto("policy_groups")
    .values({
      organization_id: group.organizationId,
      name: group.name,
      is_default: group.isDefault ?? false,
      entity_type: group.entityType,
      mode: group.mode,
      agent_pool_id: group.agentPoolId || null,
      stack_rule: group.stackRule ?? null,
      account_rule: group.accountRule ?? null,
    })
    .onConflict((conflict) => conflict.columns(["organization_id", "name"]).doNothing())
    .returning("id")
    .executeTakeFirst();
  return row?.id;
}

export async function findGroup(db: Db, organizationId: string, name: string): Promise<GroupRow | undefined> {
  return db
    .selectFrom("policy_groups as group")
    .where("group.organization_id", "=", organizationId)
    .where("group.name", "=", name)
    .select(columns)
    .executeTakeFirst();
}

/** Names of groups that have the text in them, in any case. */
export async function findGroups(
  db: Db,
  { organizationId, text, limit }: { organizationId: string; text: string; limit: number },
): Promise<string[]> {
  const rows = await db
    .selectFrom("policy_groups")
    .where("organization_id", "=", organizationId)
    .where(sql<SqlBool>`position(lower(${text}) in lower(name)) > 0`)
    .orderBy("name")
    .limit(limit)
    .select("name")
    .execute();
  return rows.map(({ name }) => name);
}

export async function readGroup(db: Db, id: string): Promise<GroupRow> {
  return db.selectFrom("policy_groups as group").where("group.id", "=", id).select(columns).executeTakeFirstOrThrow();
}

type Rules = { [Rule in "stackRule" | "accountRule"]?: GroupRow[Rule] | undefined };
type GroupChanges = Partial<Pick<GroupRow, "name" | "mode" | "agentPoolId">> & Rules;

export async function updateGroup(
  db: Db,
  id: string,
  { agentPoolId, stackRule, accountRule, ...set }: GroupChanges,
): Promise<void> {
  await db
    .updateTable("policy_groups")
    .set({
      ...set,
      ...(agentPoolId !== undefined && { agent_pool_id: agentPoolId }),
      ...(stackRule !== undefined && { stack_rule: stackRule }),
      ...(accountRule !== undefined && { account_rule: accountRule }),
    })
    .where("id", "=", id)
    .execute();
}

export async function deleteGroup(db: Db, id: string): Promise<void> {
  await db.deleteFrom("policy_groups").where("id", "=", id).execute();
}

/** What decides on the members of each of the organization's groups, in the order of their ids. */
export async function listGroupScopes(db: Db, organizationId: string) {
  return db
    .selectFrom("policy_groups")
    .where("organization_id", "=", organizationId)
    .orderBy("id")
    .select(["id", "is_default as isDefault", "entity_type as entityType", "stack_rule as stackRule"])
    .execute();
}

/**
 * The organization's groups by name, each with how many packs it has enabled and how many accounts it has.
 *
 * @param page all of them when it is left out.
 */
export async function listGroupCounts(db: Db, organizationId: string, page?: { after: string; limit: number }) {
  return db
    .selectFrom("policy_groups as group")
    .where("group.organization_id", "=", organizationId)
    .$if(page !== undefined, (query) => query.where("group.name", ">", page?.after ?? "").limit(page?.limit ?? 0))
    .orderBy("group.name")
    .select(columns)
    .select((of) => [
      of
        .selectFrom("policy_group_packs")
        .whereRef("group_id", "=", "group.id")
        .select(of.fn.countAll<string>().as("count"))
        .as("packs"),
      of
        .selectFrom("policy_group_accounts")
        .whereRef("group_id", "=", "group.id")
        .select(of.fn.countAll<string>().as("count"))
        .as("accounts"),
    ])
    .execute();
}

/**
 * Records that the user edited the group. They have seen the result if they had seen what was there before.
 *
 * `changed` is the group's counter before the edit, `change` the counter of the edit.
 */
export async function setChanged(
  db: Db,
  { groupId, changed, change, userId }: { groupId: string; changed: string; change: string; userId: string },
): Promise<void> {
  await db
    .updateTable("policy_groups")
    .set({ changed: change, changed_by: userId })
    .where("id", "=", groupId)
    .execute();
  await db
    .updateTable("policy_group_reads")
    .set({ changed: change, read_at: NOW })
    .where("group_id", "=", groupId)
    .where("user_id", "=", userId)
    .where("changed", "=", changed)
    .execute();
}

/** Records that the user has read the group as of `changed`. */
export async function noteRead(
  db: Db,
  { groupId, changed, userId }: { groupId: string; changed: string; userId: string },
): Promise<void> {
  const read_at = NOW;
  await db
    .insertInto("policy_group_reads")
    .values({ group_id: groupId, user_id: userId, changed, read_at })
    .onConflict((conflict) => conflict.columns(["group_id", "user_id"]).doUpdateSet({ changed, read_at }))
    .execute();
}

/**
 * The group's counter of changes when the user read it in the last minutes.
 *
 * @returns undefined when they have not read it.
 */
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
