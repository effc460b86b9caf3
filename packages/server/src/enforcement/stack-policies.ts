import { type GroupMode, newError } from "@quillon/contract";
import type { StackCtx } from "../context.ts";
import { type Membership, membershipOf } from "../groups/index.ts";
import { qualifiedName } from "../stacks/index.ts";
import { readForStack } from "./queries.ts";
import type { EnabledPack } from "./required.ts";

/** A pack as one group has it enabled. */
export interface EnabledEntry extends EnabledPack {
  name: string;
  tag: string | null;
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

/**
 * The policy groups that take in the stack, with what each has enabled.
 *
 * @throws stack_not_found, and any error that occurs while a group is read: no group is left out because of one.
 */
export async function readStackPolicies(ctx: StackCtx): Promise<{ groups: GroupOfStack[] }> {
  const stack = await readForStack(ctx.db, ctx.stack.id);
  if (!stack) throw newError("stack_not_found", { stack: qualifiedName(ctx) });
  const entries = new Map<string, EnabledEntry[]>();
  for (const { groupId, changed, ...entry } of stack.entries) {
    entries.set(groupId, [...(entries.get(groupId) ?? []), { ...entry, changed: BigInt(changed) }]);
  }
  const groups = stack.groups.flatMap((group): GroupOfStack[] => {
    const membership = membershipOf(group)(stack, group.listed);
    if (!membership) return [];
    return [{ name: group.name, mode: group.mode, membership, packs: entries.get(group.id) ?? [] }];
  });
  return { groups };
}
