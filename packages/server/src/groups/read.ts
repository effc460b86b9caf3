import type { EntityType, GroupMode } from "@quillon/contract";
import type { OrgCtx } from "../context.ts";
import { eachRow } from "../db/pages.ts";
import { listReadable } from "../stacks/index.ts";
import { requireGroup } from "./edit.ts";
import { countStacks, eachStack, listAccounts, listListed } from "./member-queries.ts";
import { type MembershipRule, membershipOf } from "./membership.ts";
import { type EnabledRow, listEnabled } from "./pack-queries.ts";
import { type GroupRow, listGroupCounts, noteRead } from "./queries.ts";

export interface GroupSummary {
  id: string;
  name: string;
  isDefault: boolean;
  entityType: EntityType;
  mode: GroupMode;
  /** How many stacks it takes in. */
  stacks: number;
  accounts: number;
  /** How many packs it has enabled. */
  packs: number;
}

type Counted = Awaited<ReturnType<typeof listGroupCounts>>[number];

/** The organization's policy groups by name. */
export function listGroups(ctx: OrgCtx): AsyncGenerator<GroupSummary> {
  return eachRow(({ last, limit }) => listPage(ctx, { after: last?.name ?? "", limit }));
}

async function listPage(ctx: OrgCtx, page: { after: string; limit: number }): Promise<GroupSummary[]> {
  const groups = await listGroupCounts(ctx.db, ctx.org.id, page);
  const total = await countStacks(ctx.db, ctx.org.id);
  const selected = await countSelected(ctx, groups);
  return groups.map(({ id, name, isDefault, entityType, mode, ...group }) => ({
    id,
    name,
    isDefault,
    entityType,
    mode,
    stacks: selected.get(id) ?? countListed({ isDefault, entityType, listed: Number(group.listed) }, total),
    accounts: Number(group.accounts),
    packs: Number(group.packs),
  }));
}

function countListed(
  { entityType, isDefault, listed }: { entityType: EntityType; isDefault: boolean; listed: number },
  total: number,
): number {
  if (entityType !== "stacks") return 0;
  return isDefault ? total - listed : listed;
}

/** How many stacks each group with a selector takes in. Without such groups the stacks are not read. */
async function countSelected({ db, org }: OrgCtx, groups: readonly Counted[]): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  const rules: { id: string; rule: MembershipRule; listed: Set<string> }[] = [];
  for (const group of groups) {
    if (!group.selector) continue;
    const listed = new Set((await listListed(db, group.id)).map(({ id }) => id));
    rules.push({ id: group.id, rule: membershipOf(group), listed });
    counts.set(group.id, 0);
  }
  if (rules.length === 0) return counts;
  for await (const stack of eachStack(db, { organizationId: org.id })) {
    for (const { id, rule, listed } of rules) {
      if (rule(stack, listed.has(stack.id))) counts.set(id, (counts.get(id) ?? 0) + 1);
    }
  }
  return counts;
}

/** A stack in a group. */
export interface GroupStack {
  id: string;
  project: string;
  name: string;
}

export interface Group extends GroupRow {
  /** What it takes in, of the stacks that the caller may read. */
  stacks: GroupStack[];
  /** What the default group excludes, of the stacks that the caller may read. */
  excluded: GroupStack[];
  accounts: string[];
  packs: EnabledRow[];
}

/**
 * A policy group with its members and packs. When a caller who manages policies reads it, that is recorded, because
 * their CLI sends whole lists back without saying what it has read.
 *
 * @throws group_not_found
 */
export async function readWholeGroup(ctx: OrgCtx, name: string): Promise<Group> {
  const group = await requireGroup(ctx, name);
  const isShown = await visibility(ctx);
  const stacks = (await listMembers(ctx, group)).filter(isShown);
  const packs = await listEnabled(ctx.db, group.id);
  const excluded = group.isDefault ? (await listListed(ctx.db, group.id)).filter(isShown) : [];
  const accounts = await listAccounts(ctx.db, group.id);
  if (ctx.org.role !== "member")
    await noteRead(ctx.db, { groupId: group.id, changed: group.changed, userId: ctx.actor.userId });
  return { ...group, stacks, excluded, accounts, packs };
}

/** Somebody who manages policies sees every stack of a group, a member only those that they may read. */
async function visibility(ctx: OrgCtx): Promise<(stack: GroupStack) => boolean> {
  if (ctx.org.role !== "member") return () => true;
  const readable = await listReadable(ctx);
  return ({ id }) => readable.has(id);
}

async function listMembers({ db, org }: OrgCtx, group: GroupRow): Promise<GroupStack[]> {
  if (group.entityType !== "stacks") return [];
  if (!group.isDefault && !group.selector) return listListed(db, group.id);
  const rule = membershipOf(group);
  const members: GroupStack[] = [];
  for await (const stack of eachStack(db, { organizationId: org.id, groupId: group.id })) {
    if (rule(stack, stack.listed)) members.push(stack);
  }
  return members;
}
