import { fail } from "@quillon/contract";
import type { StackCtx } from "../context.ts";
import { titleOf } from "../stacks/index.ts";
import { type Membership, membershipOf } from "./membership.ts";
import { readForStack } from "./pack-queries.ts";
import type { EnabledPack } from "./required.ts";

export type Mode = "preventative" | "audit";

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
  mode: Mode;
  membership: Membership;
  packs: EnabledEntry[];
}

/**
 * The policy groups that take in the stack, with what each has enabled.
 *
 * @throws whatever keeps it from being known: nothing is left out because it could not be read.
 */
export async function readStackPolicies(ctx: StackCtx): Promise<{ groups: GroupOfStack[] }> {
  const stack = await readForStack(ctx.db, ctx.stack.id);
  if (!stack) throw fail("stack_not_found", { stack: titleOf(ctx) });
  const entries = new Map<string, EnabledEntry[]>();
  for (const { groupId, changed, ...entry } of stack.entries) {
    entries.set(groupId, [...(entries.get(groupId) ?? []), { ...entry, changed: BigInt(changed) }]);
  }
  const groups = stack.groups.flatMap((group): GroupOfStack[] => {
    const membership = membershipOf(group)(stack, group.listed);
    if (!membership) return [];
    const packs = entries.get(group.id) ?? [];
    return [{ name: group.name, mode: group.mode, membership, packs }];
  });
  return { groups };
}
