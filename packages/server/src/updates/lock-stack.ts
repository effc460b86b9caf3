import { newError } from "@quillon/contract";
import type { StackCtx, Tx } from "../context.ts";
import { type LockedStack, lockStack, qualifiedName } from "../stacks/index.ts";
import { endIfExpired } from "./expire.ts";
import { readHolder } from "./queries.ts";

/** Locks the stack: other changes of it wait until the transaction ends. @throws stack_not_found */
export async function lockExistingStack(tx: Tx<StackCtx>): Promise<LockedStack> {
  const row = await lockStack(tx.db, tx.stack.id);
  if (!row) throw newError("stack_not_found", { stack: qualifiedName(tx) });
  return row;
}

/**
 * Locks the stack and makes sure that no update holds it. A holder whose lease has expired is ended here, so that nobody
 * has to wait until the server looks for expired leases. Nor may its findings still have the URNs of another name: what an update says of
 * the same resources would be added beside them.
 *
 * @throws stack_not_found, stack_busy, stack_renaming
 */
export async function lockIdleStack(tx: Tx<StackCtx>): Promise<LockedStack> {
  const row = await lockExistingStack(tx);
  if (row.renaming) throw newError("stack_renaming", { stack: qualifiedName(tx) });
  if (!row.holderId) return row;
  if (await endIfExpired(tx, { updateId: row.holderId, stackId: tx.stack.id })) return row;
  const holder = await readHolder(tx.db, row.holderId);
  throw newError("stack_busy", {
    stack: qualifiedName(tx),
    operation: holder?.kind ?? "update",
    by: holder?.author ?? null,
    since: holder?.started?.toISOString() ?? "",
  });
}
