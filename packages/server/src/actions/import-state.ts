import { recordAudit } from "../audit/index.ts";
import { type StackCtx, transaction } from "../context.ts";
import { writeJson } from "../json/write.ts";
import { nameInOrg } from "../stacks/index.ts";
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
    const update = await recordState(tx, "import", state);
    await recordAudit(tx, {
      event: "Stack State Imported",
      description: `Stack ${nameInOrg(tx.stack)}`,
      after: writeJson({ update }),
    });
    return update;
  });
}
