import { fail } from "@quillon/contract";
import { type StackCtx, transaction } from "../context.ts";
import { deleteStackRow } from "../stacks/index.ts";
import { countResources } from "../state/index.ts";
import { holdIdleStack } from "./stack-lock.ts";

/**
 * Removes a stack that no update holds, with its state and history.
 *
 * @throws stack_has_resources unless forced; stack_busy
 */
export function deleteStack(ctx: StackCtx, force: boolean): Promise<void> {
  return transaction(ctx, async (trx) => {
    await holdIdleStack(trx);
    if (!force && (await countResources(trx.db, ctx.stack.id)) > 0) throw fail("stack_has_resources", {});
    await deleteStackRow(trx.db, ctx.stack.id);
  });
}
