import { newError } from "@quillon/contract";
import { findRecorded, recordAudit } from "../audit/index.ts";
import { type StackCtx, transaction } from "../context.ts";
import { withdrawStack } from "../findings/index.ts";
import { announce, stackKind } from "../notify/index.ts";
import { deleteStackRow, keepDeleted, keepKey, nameInOrg } from "../stacks/index.ts";
import { detachStates, holdsResources, readRevision, readState } from "../state/index.ts";
import { detachUpdates, lockIdleStack } from "../updates/index.ts";

/**
 * Removes a stack that no update holds. Its state and its history are kept for some days beside the stacks, so that it can be restored. Its key
 * is kept longer, because its exported state may be imported again. Its findings stay, as withdrawn.
 *
 * @throws stack_has_resources unless forced; stack_not_found, stack_busy, stack_renaming
 */
export async function deleteStack(ctx: StackCtx, force: boolean): Promise<void> {
  // The state is read before the stack is locked, because that may take seconds. If it has changed meanwhile, it is read again. With
  // force it is not read, so a stack whose state is lost can still be removed.
  let empty: string | undefined;
  do {
    const newest = force ? undefined : await readState(ctx, { stackId: ctx.stack.id });
    if (await holdsResources(ctx, newest)) throw newError("stack_has_resources", {});
    empty = newest?.revision;
  } while (!(await removeIf(ctx, { force, empty })));
}

/** @param of.empty which state has no resources. @returns false if the stack has another one. */
function removeIf(ctx: StackCtx, { force, empty }: { force: boolean; empty: string | undefined }): Promise<boolean> {
  return transaction(ctx, async (tx) => {
    await lockIdleStack(tx);
    if (!force && (await readRevision(tx.db, tx.stack.id)) !== empty) return false;
    const how = force ? ", whatever resources its state has" : "";
    await recordAudit(tx, { event: "Stack Removed", description: `Stack ${nameInOrg(ctx.stack)}${how}` });
    await keepKey(tx.db, ctx.stack.id);
    await withdrawStack(tx, {
      organizationId: ctx.org.id,
      stackId: ctx.stack.id,
      auditId: (await findRecorded(tx)) ?? "",
    });
    if (tx.server.keeps.deletedStacksDays > 0 && (await keepDeleted(tx.db, ctx.stack.id, tx.actor.userId))) {
      await detachUpdates(tx.db, ctx.stack.id);
      await detachStates(tx.db, ctx.stack.id);
    }
    await deleteStackRow(tx.db, ctx.stack.id);
    await announce(tx, stackKind, { action: "deleted" });
    return true;
  });
}
