import { type StackCtx, transaction } from "../context.ts";
import { compressState, type SentState, store } from "../state/index.ts";
import { lockIdleStack } from "../updates/index.ts";
import { recordState } from "./record-state.ts";

/**
 * Replaces the state of a stack that no update holds.
 *
 * @returns the id of the update that the import is recorded as.
 * @throws invalid_deployment, stack_not_found, stack_busy
 */
export async function importState(ctx: StackCtx, sent: SentState): Promise<string> {
  const state = await store(ctx, compressState(sent));
  return transaction(ctx, async (tx) => {
    await lockIdleStack(tx);
    return recordState(tx, "import", state);
  });
}
