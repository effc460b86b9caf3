import { fail } from "@quillon/contract";
import { type StackCtx, transaction } from "../context.ts";
import type { Tags } from "../db/schema.ts";
import { hashToken, newToken } from "../people/index.ts";
import { setTags, takeLease, unixSeconds } from "../stacks/index.ts";
import { LEASE_SECONDS } from "./lease.ts";
import { findUpdate, setRunning } from "./queries.ts";
import { holdIdleStack, holdStack } from "./stack-lock.ts";

/**
 * Starts an update. A real one takes the stack's lease and its next version; a dry run gets a token too, for the CLI
 * can't do without, but holds nothing. Tags, when given, replace the stack's.
 *
 * @throws update_not_found, update_started, stack_busy
 */
export function startUpdate(ctx: StackCtx, update: string, tags: Tags | undefined) {
  return transaction(ctx, async (trx) => {
    const { db, stack } = trx;
    const { version: current } = await holdStack(trx);
    const found = await findUpdate(db, stack.id, update);
    if (!found) throw fail("update_not_found", { update });
    if (found.status !== "not-started") throw fail("update_started", { update });
    const { version, epoch } = found.dryRun ? { version: current, epoch: null } : await take(trx, update);
    const token = newToken();
    const expires = await setRunning(db, {
      id: update,
      version,
      epoch,
      tokenHash: hashToken(token),
      seconds: LEASE_SECONDS,
    });
    if (!expires) throw fail("update_not_found", { update });
    if (tags) await setTags(db, stack.id, tags);
    return { version, token, tokenExpiration: unixSeconds(expires) };
  });
}

async function take(trx: StackCtx, update: string) {
  await holdIdleStack(trx);
  const taken = await takeLease(trx.db, trx.stack.id, update);
  if (!taken) throw new Error(`stack ${trx.stack.id} was taken while it was locked`);
  return taken;
}
