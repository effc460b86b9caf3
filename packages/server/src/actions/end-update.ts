import { type LeaseCtx, transaction } from "../context.ts";
import { completeUpdate } from "../updates/index.ts";
import { settleStack } from "./settle-stack.ts";

/**
 * Ends an update as it asks for itself, and then brings the findings up to date with it. The update has ended even when that
 * fails; it is tried again later.
 *
 * @throws lease_invalid
 */
export async function endUpdate(ctx: LeaseCtx, status: "succeeded" | "failed" | "cancelled"): Promise<void> {
  await transaction(ctx, (tx) => completeUpdate(tx, status));
  await settleStack(ctx, ctx.lease.stackId);
}
