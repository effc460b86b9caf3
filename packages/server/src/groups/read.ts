import type { EntityType, GroupMode } from "@quillon/contract";
import type { OrgCtx } from "../context.ts";
import { eachRow } from "../db/pages.ts";
import { requireGroup } from "./edit.ts";
import { eachStack, listAccounts, listListed } from "./member-queries.ts";
import { membershipOf } from "./membership.ts";
import { type EnabledRow, listEnabled } from "./pack-queries.ts";
import { readPlaces } from "./places.ts";
import { type GroupRow, listGroupCounts, noteRead } from "./queries.ts";
import { visibility } from "./visibility.ts";

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

/** The organization's policy groups by name. */
export function listGroups(ctx: OrgCtx): AsyncGenerator<GroupSummary> {
  return eachRow(({ last, limit }) => listPage(ctx, { after: last?.name ?? "", limit }));
}

async function listPage(ctx: OrgCtx, page: { after: string; limit: number }): Promise<GroupSummary[]> {
  const groups = await listGroupCounts(ctx.db, ctx.org.id, page);
  const stacks = new Map<string, number>();
  for (const place of await readPlaces(ctx))
    for (const id of place.groups) stacks.set(id, (stacks.get(id) ?? 0) + place.stacks);
  return groups.map(({ id, name, isDefault, entityType, mode, accounts, packs }) => ({
    id,
    name,
    isDefault,
    entityType,
    mode,
    stacks: stacks.get(id) ?? 0,
    accounts: Number(accounts),
    packs: Number(packs),
  }));
}

/** A stack in a group. */
export interface GroupStack {
  id: string;
  project: string;
  name: string;
}

export interface Group extends GroupRow {
  /** Its list, or what the default group takes in, of the stacks that the caller may read. Those of its rule are not here. */
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
  const stacks = (await listIncluded(ctx, group)).filter(isShown);
  const packs = await listEnabled(ctx.db, group.id);
  const excluded = group.isDefault ? (await listListed(ctx.db, group.id)).filter(isShown) : [];
  const accounts = await listAccounts(ctx.db, group.id);
  if (ctx.org.role !== "member")
    await noteRead(ctx.db, { groupId: group.id, changed: group.changed, userId: ctx.actor.userId });
  return { ...group, stacks, excluded, accounts, packs };
}

async function listIncluded({ db, org }: OrgCtx, group: GroupRow): Promise<GroupStack[]> {
  if (group.entityType !== "stacks") return [];
  if (!group.isDefault) return listListed(db, group.id);
  const rule = membershipOf(group);
  const members: GroupStack[] = [];
  for await (const stack of eachStack(db, { organizationId: org.id, groupId: group.id })) {
    if (rule(stack, stack.listed)) members.push(stack);
  }
  return members;
}
