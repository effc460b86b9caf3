import { newError } from "@quillon/contract";
import type { StackCtx } from "../context.ts";
import { qualifiedName, readStack } from "../stacks/index.ts";
import { readHolder } from "../updates/index.ts";

/**
 * A stack, and the update that holds it while that update's lease is alive.
 *
 * @throws stack_not_found
 */
export async function describeStack(ctx: StackCtx) {
  const stack = await readStack(ctx.db, ctx.stack.id);
  if (!stack) throw newError("stack_not_found", { stack: qualifiedName(ctx) });
  const holder = stack.holderId === null ? undefined : await readHolder(ctx.db, stack.holderId);
  return { ...stack, holder: holder?.live ? holder : undefined };
}
