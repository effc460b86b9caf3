import type { GroupMode } from "@quillon/contract";
import type { StackCtx } from "../context.ts";
import { type GroupSummary, listGroups } from "../groups/index.ts";
import { readGroupsOfStack } from "./stack-policies.ts";

/**
 * The groups that take in the stack.
 *
 * @throws stack_not_found
 */
export async function* listGroupsOfStack(ctx: StackCtx, mode?: GroupMode): AsyncGenerator<GroupSummary> {
  const groups = await readGroupsOfStack(ctx);
  const names = new Set(groups.filter((group) => !mode || group.mode === mode).map(({ name }) => name));
  for await (const group of listGroups(ctx)) if (names.has(group.name)) yield group;
}
