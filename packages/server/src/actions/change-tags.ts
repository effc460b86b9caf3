import type { Tags } from "@quillon/contract";
import { findRecorded } from "../audit/index.ts";
import { type StackCtx, type Tx, transaction } from "../context.ts";
import { reconcileStack } from "../enforcement/index.ts";
import * as stacks from "../stacks/index.ts";

/** Gives the stack a tag, instead of one of that name. The other tags stay. @throws stack_tags_many, stack_not_found */
export function setTag(ctx: StackCtx, tag: { name: string; value: string }): Promise<void> {
  return changeTags(ctx, (tx) => stacks.setTag(tx, tag));
}

/** Removes one of the stack's tags. @throws stack_tag_not_found, stack_not_found */
export function removeTag(ctx: StackCtx, tag: string): Promise<void> {
  return changeTags(ctx, (tx) => stacks.removeTag(tx, tag));
}

/** Gives the stack these tags instead of all that it has. @throws stack_not_found */
export function replaceTags(ctx: StackCtx, tags: Tags): Promise<void> {
  return changeTags(ctx, (tx) => stacks.replaceTags(tx, tags));
}

/** Tags decide which groups take in a stack, so findings of what it need not run any more are withdrawn. */
function changeTags(ctx: StackCtx, change: (tx: Tx<StackCtx>) => Promise<boolean>): Promise<void> {
  return transaction(ctx, async (tx) => {
    if (await change(tx)) await reconcileOwn(tx);
  });
}

/** For a change of the stack of which the caller has recorded an event. */
export async function reconcileOwn(tx: Tx<StackCtx>): Promise<void> {
  await reconcileStack(tx.db, {
    organizationId: tx.org.id,
    stackId: tx.stack.id,
    auditId: await findRecorded(tx),
  });
}
