import { newError, type Tags } from "@quillon/contract";
import { type StackCtx, transaction } from "../context.ts";
import { hashToken, newToken } from "../people/index.ts";
import { setTags, takeLease } from "../stacks/index.ts";
import { holdIdleStack, holdStack } from "./hold-stack.ts";
import { LEASE_SECONDS } from "./lease.ts";
import { findUpdate, setRunning } from "./queries.ts";

/**
 * Starts an update. A real one takes the stack's lease and its next version; a dry run gets a token too, for the CLI
 * can't do without, but holds nothing. Tags, when given, replace the stack's.
 *
 * @throws update_not_found, update_started, stack_busy
 */
export function startUpdate(
  ctx: StackCtx,
  update: string,
  tags: Tags | undefined,
): Promise<{ version: number; token: string; expires: Date }> {
  return transaction(ctx, async (tx) => {
    const { db, stack } = tx;
    const { version: current } = await holdStack(tx);
    const found = await findUpdate(db, stack.id, update);
    if (!found) throw newError("update_not_found", { update });
    if (found.status !== "not-started") throw newError("update_started", { update });
    const { version, epoch } = found.dryRun ? { version: current, epoch: null } : await take(tx, update);
    const token = newToken();
    const expires = await setRunning(db, {
      id: update,
      version,
      epoch,
      tokenHash: hashToken(token),
      seconds: LEASE_SECONDS,
    });
    if (!expires) throw newError("update_not_found", { update });
    if (tags) await setTags(db, stack.id, tags);
    return { version, token, expires };
  });
}

async function take(tx: StackCtx, update: string) {
  await holdIdleStack(tx);
  const taken = await takeLease(tx.db, tx.stack.id, update);
  if (!taken) throw new Error(`stack ${tx.stack.id} was taken while it was locked`);
  return taken;
}
