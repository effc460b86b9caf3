import { newError } from "@quillon/contract";
import { recordAudit } from "../audit/index.ts";
import { type StackCtx, transaction } from "../context.ts";
import { announce, stackKind } from "../notify/index.ts";
import { deleteStackRow, keepKey, nameInOrg } from "../stacks/index.ts";
import { holdsResources } from "../state/index.ts";
import { lockIdleStack } from "../updates/index.ts";

/**
 * Removes a stack that no update holds, with its state and its history. Its key is kept, because its exported state may be
 * imported again.
 *
 * @throws stack_has_resources unless forced; stack_not_found, stack_busy
 */
export function deleteStack(ctx: StackCtx, force: boolean): Promise<void> {
  return transaction(ctx, async (tx) => {
    await lockIdleStack(tx);
    // With force the state is not read, so a stack whose state is lost can still be removed.
    if (!force && (await holdsResources(tx))) throw newError("stack_has_resources", {});
    await keepKey(tx.db, ctx.stack.id);
    await deleteStackRow(tx.db, ctx.stack.id);
    const how = force ? ", whatever resources its state has" : "";
    await recordAudit(tx, { event: "Stack Removed", description: `Stack ${nameInOrg(ctx.stack)}${how}` });
    await announce(tx, stackKind, { action: "deleted" });
  });
}
