import { newError } from "@quillon/contract";
import { recordAudit } from "../audit/index.ts";
import { type LeaseCtx, type StackCtx, type Tx, transaction } from "../context.ts";
import { lockStack, nameInOrg, releaseLease } from "../stacks/index.ts";
import { readStatusSetByItself, setCancelled, setEndedByItself } from "./lease-queries.ts";
import { lockExistingStack } from "./lock-stack.ts";
import { findUpdate } from "./queries.ts";

/**
 * Ends an update as it asks for itself, and frees its stack. The CLI repeats the call when it misses the answer, so
 * ending it again with the same status is no error.
 * https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/backend/httpstate/client/client.go#L1333
 *
 * @throws lease_invalid when something else has ended it, or it ended itself with another status.
 */
export async function completeUpdate(
  { db, lease: { updateId, stackId } }: Tx<LeaseCtx>,
  status: "succeeded" | "failed" | "cancelled",
): Promise<void> {
  await lockStack(db, stackId);
  const ended = await setEndedByItself(db, updateId, status);
  if (ended) return releaseLease(db, stackId, updateId);
  const before = await readStatusSetByItself(db, updateId);
  if (before !== status) throw newError("lease_invalid", { update: updateId });
}

/**
 * Cancels a running update, so that nothing that it sends from now on is accepted. Cancelling it again is no error,
 * because the CLI repeats the call when it misses the answer.
 * https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/backend/httpstate/client/client.go#L1326
 *
 * @throws update_not_found, update_not_started, update_finished, stack_not_found
 */
export function cancelUpdate(ctx: StackCtx, update: string): Promise<void> {
  return transaction(ctx, async (tx) => {
    await lockExistingStack(tx);
    const found = await findUpdate(tx.db, tx.stack.id, update);
    if (!found) throw newError("update_not_found", { update });
    const { status } = found;
    if (status === "cancelled") return;
    if (status === "not-started") throw newError("update_not_started", { update });
    if (status !== "running") throw newError("update_finished", { update, status });
    await setCancelled(tx.db, [update]);
    await releaseLease(tx.db, tx.stack.id, update);
    await recordAudit(tx, {
      event: "Update Cancelled",
      description: `Stack ${nameInOrg(tx.stack)}: update ${update}`,
    });
  });
}
