import { recordAudit } from "../audit/index.ts";
import { type StackCtx, transaction } from "../context.ts";
import { isUnavailable } from "../db/unavailable.ts";
import { recordGone, wasEvaluated } from "../findings/index.ts";
import { writeJson } from "../json/write.ts";
import { nameInOrg, requireHeld } from "../stacks/index.ts";
import {
  compressState,
  type Gone,
  readGone,
  readRevision,
  readState,
  type SentState,
  type StoredState,
  store,
} from "../state/index.ts";
import { lockIdleStack } from "../updates/index.ts";
import { recordState } from "./record-state.ts";
import { settleStack } from "./settle-updates.ts";

/**
 * Replaces the state of a stack that no update holds. Findings of resources that the new state does not have are fixed, and those of
 * resources that have another URN follow them. The CLI edits states this way, too: `pulumi state delete`, for example.
 *
 * @returns the id of the update that the import is recorded as.
 * @throws stack_elsewhere, invalid_deployment, stack_not_found, stack_busy, stack_renaming
 */
export async function importState(ctx: StackCtx, sent: SentState): Promise<string> {
  await requireHeld(ctx);
  const after = await store(ctx, compressState(sent));
  // States are compared before the stack is locked, because that may take seconds. If the old one has changed meanwhile, it is
  // done again.
  let update: string | undefined;
  while (update === undefined) {
    const before = await readRevision(ctx.db, ctx.stack.id);
    const gone = await compare(ctx, after);
    update = await transaction(ctx, async (tx) => {
      await lockIdleStack(tx);
      if ((await readRevision(tx.db, tx.stack.id)) !== before) return undefined;
      const update = await recordState(tx, "import", after);
      if (gone) await recordGone(tx.db, { stackId: tx.stack.id, updateId: update }, gone);
      await recordAudit(tx, {
        event: "Stack State Imported",
        description: `Stack ${nameInOrg(tx.stack)}`,
        after: writeJson({ update }),
      });
      return update;
    });
  }
  await settleStack(ctx, ctx.stack.id);
  return update;
}

/** An import must be possible when the old state is lost or damaged, because it mends that. */
async function compare(ctx: StackCtx, after: StoredState): Promise<Gone | undefined> {
  if (!(await wasEvaluated(ctx.db, ctx.stack.id))) return undefined;
  try {
    const before = await readState(ctx, { stackId: ctx.stack.id });
    return before && (await readGone(ctx, { before, after }));
  } catch (err) {
    if (isUnavailable(err)) throw err;
    ctx.log.error({ err, stack: ctx.stack.id }, "an imported state could not be compared with the one before it");
    return undefined;
  }
}
