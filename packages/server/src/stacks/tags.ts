import { newError } from "@quillon/contract";
import { type StackCtx, transaction } from "../context.ts";
import { keepStack } from "./find.ts";
import { qualifiedName } from "./qualified-name.ts";
import { deleteTag, upsertTag } from "./tag-queries.ts";

/** Gives the stack a tag, instead of one of that name. The other tags stay. @throws stack_not_found */
export function setTag(ctx: StackCtx, tag: { name: string; value: string }): Promise<void> {
  return transaction(ctx, async (tx) => {
    await keepStack(tx);
    await upsertTag(tx.db, tx.stack.id, tag);
  });
}

/** Removes one of the stack's tags. @throws stack_tag_not_found, stack_not_found */
export function removeTag(ctx: StackCtx, tag: string): Promise<void> {
  return transaction(ctx, async (tx) => {
    await keepStack(tx);
    const removed = await deleteTag(tx.db, tx.stack.id, tag);
    if (!removed) throw newError("stack_tag_not_found", { stack: qualifiedName(tx), tag });
  });
}
