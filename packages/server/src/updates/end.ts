import { newError } from "@quillon/contract";
import { type LeaseCtx, type StackCtx, transaction } from "../context.ts";
import type { Db } from "../db/open.ts";
import { lockStack, releaseLease } from "../stacks/index.ts";
import { endIfExpired, holdStack } from "./hold-stack.ts";
import {
  deleteNeverStarted,
  failExpiredDryRuns,
  findUpdate,
  listExpired,
  readCompleted,
  setCancelled,
  setCompleted,
} from "./queries.ts";

/**
 * Ends an update by its own word and frees its stack. Said again, it is no error.
 *
 * @throws lease_invalid when others have ended it, or it said otherwise before.
 */
export function completeUpdate(ctx: LeaseCtx, status: "succeeded" | "failed" | "cancelled"): Promise<void> {
  const { updateId, stackId } = ctx.lease;
  return transaction(ctx, async ({ db }) => {
    await lockStack(db, stackId);
    if (await setCompleted(db, updateId, status)) await releaseLease(db, stackId, updateId);
    else if ((await readCompleted(db, updateId)) !== status) throw newError("lease_invalid", { update: updateId });
  });
}

/**
 * Ends a running update from outside: nothing that it sends from now on is accepted. Cancelled already is fine, for the
 * CLI repeats the call when it misses the answer.
 *
 * @throws update_not_found, update_not_started, update_finished
 */
export function cancelUpdate(ctx: StackCtx, update: string): Promise<void> {
  return transaction(ctx, async (tx) => {
    await holdStack(tx);
    const found = await findUpdate(tx.db, tx.stack.id, update);
    if (!found) throw newError("update_not_found", { update });
    const { status } = found;
    if (status === "cancelled") return;
    if (status === "not-started") throw newError("update_not_started", { update });
    if (status !== "running") throw newError("update_finished", { update, status });
    await setCancelled(tx.db, update);
    await releaseLease(tx.db, tx.stack.id, update);
  });
}

/** Ends, as failed, updates whose lease has run out, frees their stacks, and forgets updates that never started. */
export async function endDeadUpdates(db: Db): Promise<void> {
  for (const { id, stackId } of await listExpired(db)) {
    await db.transaction().execute(async (tx) => {
      await lockStack(tx, stackId);
      await endIfExpired(tx, stackId, id);
    });
  }
  await failExpiredDryRuns(db);
  await deleteNeverStarted(db);
}
