import { type StackCtx, transaction } from "../context.ts";
import { packState, type SentState } from "../state/index.ts";
import { recordState } from "./record.ts";
import { holdIdleStack } from "./stack-lock.ts";

/**
 * Replaces the state of a stack that no update holds.
 *
 * @returns the id of the update that it is recorded as.
 * @throws invalid_deployment, stack_busy
 */
export async function importState(ctx: StackCtx, sent: SentState): Promise<string> {
  const state = await packState(sent);
  return transaction(ctx, async (trx) => {
    await holdIdleStack(trx);
    return recordState(trx, "import", state);
  });
}
