import { newError } from "@quillon/contract";
import type { StackCtx } from "../context.ts";
import type { Db } from "../db/open.ts";
import { lockStack, qualifiedName, releaseLease } from "../stacks/index.ts";
import { failIfExpired, readHolder } from "./queries.ts";

/** Makes every other change of the stack wait until the transaction ends. @throws stack_not_found */
export async function holdStack(tx: StackCtx) {
  const row = await lockStack(tx.db, tx.stack.id);
  if (!row) throw newError("stack_not_found", { stack: qualifiedName(tx) });
  return row;
}

/**
 * Likewise, and makes sure that no update holds the stack: one whose lease has run out is ended here, so nobody has to
 * wait for the sweep.
 *
 * @throws stack_not_found; stack_busy naming who runs what.
 */
export async function holdIdleStack(tx: StackCtx) {
  const row = await holdStack(tx);
  if (!row.holderId) return row;
  if (await endIfExpired(tx.db, tx.stack.id, row.holderId)) return row;
  const holder = await readHolder(tx.db, row.holderId);
  throw newError("stack_busy", {
    stack: qualifiedName(tx),
    operation: holder?.kind ?? "update",
    by: holder?.author ?? "a removed user",
    since: holder?.started?.toISOString() ?? "",
  });
}

/** Ends the holder of a locked stack if its lease has run out. @returns whether the stack is free now. */
export async function endIfExpired(tx: Db, stackId: string, updateId: string): Promise<boolean> {
  const ended = await failIfExpired(tx, updateId);
  if (ended) await releaseLease(tx, stackId, updateId);
  return ended;
}
