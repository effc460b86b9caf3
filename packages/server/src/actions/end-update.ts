import { type LeaseCtx, transaction } from "../context.ts";
import { settleFindings } from "../findings/index.ts";
import { completeUpdate } from "../updates/index.ts";

/**
 * Ends an update as it asks for itself. What it showed is in the findings then.
 *
 * @throws lease_invalid
 */
export function endUpdate(ctx: LeaseCtx, status: "succeeded" | "failed" | "cancelled"): Promise<void> {
  return transaction(ctx, async (tx) => {
    await completeUpdate(tx, status);
    await settleFindings(tx, ctx.lease.stackId);
  });
}
