import { type LeaseCtx, type StackCtx, transaction } from "../context.ts";
import { cancelUpdate as cancel, completeUpdate } from "../updates/index.ts";
import { settleStack } from "./settle-updates.ts";

// What follows from an update comes after it. It has ended even when that fails; it is tried again later.

/** Ends an update as it asks for itself. @throws lease_invalid */
export async function endUpdate(ctx: LeaseCtx, status: "succeeded" | "failed" | "cancelled"): Promise<void> {
  await transaction(ctx, (tx) => completeUpdate(tx, status));
  ctx.secretTexts.drop(ctx.lease.updateId);
  await settleStack(ctx, ctx.lease.stackId);
}

/**
 * Cancels a running update, so that nothing that it sends from now on is accepted.
 *
 * @throws update_not_found, update_not_started, update_finished, stack_not_found
 */
export async function cancelUpdate(ctx: StackCtx, update: string): Promise<void> {
  await cancel(ctx, update);
  ctx.secretTexts.drop(update);
  await settleStack(ctx, ctx.stack.id);
}
