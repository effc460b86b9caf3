import { type GroupMode, newError, type Tags } from "@quillon/contract";
import type { StackCtx } from "../context.ts";
import { type Membership, membershipOf } from "../groups/index.ts";
import { qualifiedName } from "../stacks/index.ts";
import { readForStack } from "./queries.ts";
import type { EnabledPack } from "./required.ts";

/** A pack as one group has it enabled. */
export interface EnabledEntry extends EnabledPack {
  name: string;
  tag: string | null;
  /** Of the archive. */
  sha256: string | null;
  displayName: string;
  /** JSON text, as it was sent. */
  config: string | null;
  environments: string[];
}

export interface GroupOfStack {
  name: string;
  mode: GroupMode;
  membership: Membership;
  packs: EnabledEntry[];
}

export interface StackPolicies {
  /** The tags that the stack has. */
  stored: Tags;
  /** The policy groups that take in the stack with any of these sets of tags, with what each has enabled. */
  groupsFor(tagSets: readonly Tags[]): GroupOfStack[];
}

/**
 * All that decides what the stack must run, as it is at this moment.
 *
 * @throws stack_not_found, and any error that occurs while a group is read: no group is left out because of one.
 */
export async function readStackPolicies(ctx: StackCtx): Promise<StackPolicies> {
  const stack = await readForStack(ctx.db, ctx.stack.id);
  if (!stack) throw newError("stack_not_found", { stack: qualifiedName(ctx) });
  const { project, name, tags: stored } = stack;
  const entries = new Map<string, EnabledEntry[]>();
  for (const { groupId, changed, ...entry } of stack.entries) {
    entries.set(groupId, [...(entries.get(groupId) ?? []), { ...entry, changed: BigInt(changed) }]);
  }
  const groups = stack.groups.map((group) => ({
    name: group.name,
    mode: group.mode,
    packs: entries.get(group.id) ?? [],
    listed: group.listed,
    rule: membershipOf(group),
  }));
  return {
    stored,
    groupsFor: (tagSets) =>
      groups.flatMap(({ listed, rule, ...group }): GroupOfStack[] => {
        const memberships = tagSets.map((tags) => rule({ project, name, tags }, listed));
        const membership = memberships.find((found) => found !== undefined);
        return membership ? [{ ...group, membership }] : [];
      }),
  };
}

/** The policy groups that take in the stack as it is, with what each has enabled. @throws stack_not_found */
export async function readGroupsOfStack(ctx: StackCtx): Promise<GroupOfStack[]> {
  const { stored, groupsFor } = await readStackPolicies(ctx);
  return groupsFor([stored]);
}

/** What the groups that enforce have enabled. */
export function enabledBy(groups: readonly GroupOfStack[], mode: GroupMode = "preventative"): EnabledEntry[] {
  return groups.filter((group) => group.mode === mode).flatMap(({ packs }) => packs);
}
