import { type Ctx, type LeaseCtx, type StackCtx, transaction } from "../context.ts";
import { makeReceipts } from "../enforcement/index.ts";
import { settleEnded, settleFindings } from "../findings/index.ts";
import { cancelUpdate as cancel, completeUpdate, endExpiredUpdates } from "../updates/index.ts";

// Findings and receipts come after the update that they are of. It has ended even when they fail; they are tried again later.

/** Ends an update as it asks for itself. @throws lease_invalid */
export async function endUpdate(ctx: LeaseCtx, status: "succeeded" | "failed" | "cancelled"): Promise<void> {
  await transaction(ctx, (tx) => completeUpdate(tx, status));
  await settle(ctx, ctx.lease.stackId);
}

/**
 * Cancels a running update, so that nothing that it sends from now on is accepted.
 *
 * @throws update_not_found, update_not_started, update_finished, stack_not_found
 */
export async function cancelUpdate(ctx: StackCtx, update: string): Promise<void> {
  await cancel(ctx, update);
  await settle(ctx, ctx.stack.id);
}

/** Ends the updates whose lease has expired, and does for all that have ended what was not done yet. */
export async function endUpdates(ctx: Pick<Ctx, "db" | "log" | "keys" | "blobs" | "workers">): Promise<void> {
  await endExpiredUpdates(ctx);
  await settleEnded(ctx);
  await makeReceipts(ctx);
}

async function settle(ctx: Ctx, stackId: string): Promise<void> {
  await settleFindings(ctx, stackId);
  await makeReceipts(ctx, stackId);
}
