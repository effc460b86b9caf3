import { fail } from "@quillon/contract";
import type { StackCtx } from "../context.ts";
import type { Db } from "../db/open.ts";
import { lockStack, readStack, releaseLease, titleOf } from "../stacks/index.ts";
import { failIfExpired } from "./queries.ts";

/** Makes every other change of the stack wait until the transaction ends. @throws stack_not_found */
export async function holdStack(trx: StackCtx) {
  const row = await lockStack(trx.db, trx.stack.id);
  if (!row) throw fail("stack_not_found", { stack: titleOf(trx) });
  return row;
}

/**
 * Likewise, and makes sure that no update holds the stack: one whose lease has run out is ended here, so nobody has to
 * wait for the sweep.
 *
 * @throws stack_not_found; stack_busy naming who runs what.
 */
export async function holdIdleStack(trx: StackCtx) {
  const row = await holdStack(trx);
  if (!row.holderId) return row;
  if (await endIfExpired(trx.db, trx.stack.id, row.holderId)) return row;
  const holder = await readStack(trx.db, trx.stack.id);
  throw fail("stack_busy", {
    stack: titleOf(trx),
    operation: holder?.kind ?? "update",
    by: holder?.author ?? "a removed user",
    since: holder?.started?.toISOString() ?? "",
  });
}

/** Ends the holder of a locked stack if its lease has run out. @returns whether the stack is free now. */
export async function endIfExpired(trx: Db, stackId: string, updateId: string): Promise<boolean> {
  const ended = await failIfExpired(trx, updateId);
  if (ended) await releaseLease(trx, stackId, updateId);
  return ended;
}
