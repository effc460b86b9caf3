import { newError, type UpdateKind } from "@quillon/contract";
import type { StackCtx, Tx } from "../context.ts";
import { hashToken, newToken } from "../people/index.ts";
import { qualifiedName, takeLease } from "../stacks/index.ts";
import type { Basis } from "./basis.ts";
import { LEASE_SECONDS } from "./lease.ts";
import { setRunning } from "./lease-queries.ts";
import { lockExistingStack, lockIdleStack } from "./lock-stack.ts";
import { findUpdate } from "./queries.ts";
import { holdRightToUpdate } from "./rights.ts";

/**
 * Starts an update. A real one takes the stack's lease and its next version. A dry run holds nothing, but gets a token
 * too, because the CLI needs one to record events:
 * https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/backend/httpstate/state.go#L54
 *
 * @returns its version and token, when its lease expires, its kind, on what it is based, and whether it is a dry run.
 * @throws unauthorized, stack_not_found, forbidden, update_not_found, update_started, stack_busy, stack_renaming
 */
export async function startUpdate(
  tx: Tx<StackCtx>,
  update: string,
): Promise<{ version: number; token: string; expires: Date; dryRun: boolean; kind: UpdateKind; basis: Basis | null }> {
  const { db, stack, actor, ip } = tx;
  await holdRightToUpdate(tx);
  const { version: current, renaming } = await lockExistingStack(tx);
  if (renaming) throw newError("stack_renaming", { stack: qualifiedName(tx) });
  const found = await findUpdate(db, stack.id, update);
  if (!found) throw newError("update_not_found", { update });
  const { status, dryRun, kind, basis } = found;
  if (status !== "not-started") throw newError("update_started", { update });
  const { version, epoch } = dryRun ? { version: current, epoch: null } : await takeStack(tx, update);
  const token = newToken();
  const expires = await setRunning(db, {
    id: update,
    version,
    epoch,
    tokenHash: hashToken(token),
    startedWith: actor.tokenId,
    client: { login: actor.login, tokenName: actor.tokenName, address: ip },
    seconds: LEASE_SECONDS,
  });
  if (!expires) throw newError("update_not_found", { update });
  return { version, token, expires, dryRun, kind, basis };
}

/** @throws stack_not_found, stack_busy, stack_renaming */
async function takeStack(tx: Tx<StackCtx>, update: string): Promise<{ version: number; epoch: string }> {
  await lockIdleStack(tx);
  const taken = await takeLease(tx.db, tx.stack.id, update);
  if (!taken) throw new Error(`Another update took stack ${tx.stack.id} although it was locked.`);
  return taken;
}
