import { type LeaseCtx, transaction } from "../context.ts";
import { settleFindings } from "../findings/index.ts";
import { completeUpdate } from "../updates/index.ts";

/**
 * Ends an update as it asks for itself. What it showed is in the findings then, or later if that fails: its stack must not
 * stay locked because of it.
 *
 * @throws lease_invalid
 */
export async function endUpdate(ctx: LeaseCtx, status: "succeeded" | "failed" | "cancelled"): Promise<void> {
  await transaction(ctx, (tx) => completeUpdate(tx, status));
  const { stackId, updateId } = ctx.lease;
  await settleFindings(ctx, stackId).catch((err: unknown) =>
    ctx.log.error({ err, update: updateId }, "what an update violated could not be recorded yet"),
  );
}
