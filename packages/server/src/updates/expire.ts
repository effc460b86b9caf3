import { type Ctx, type Tx, transaction } from "../context.ts";
import { lockStack, releaseLease } from "../stacks/index.ts";
import { deleteNeverStarted, failExpiredDryRuns, failIfExpired, listExpired } from "./expiry-queries.ts";

/** Ends as failed the updates whose lease has expired, frees their stacks, and deletes updates that never started. */
export async function endExpiredUpdates(ctx: Pick<Ctx, "db">): Promise<void> {
  for (const update of await listExpired(ctx.db)) {
    await transaction(ctx, async (tx) => {
      await lockStack(tx.db, update.stackId);
      await endIfExpired(tx, update);
    });
  }
  await failExpiredDryRuns(ctx.db);
  await deleteNeverStarted(ctx.db);
}

/** Ends the update that holds the stack, if its lease has expired. */
export function endExpiredUpdate(ctx: Pick<Ctx, "db">, stackId: string): Promise<void> {
  return transaction(ctx, async (tx) => {
    const updateId = (await lockStack(tx.db, stackId))?.holderId;
    if (updateId) await endIfExpired(tx, { updateId, stackId });
  });
}

/** Ends the update that holds a locked stack, if its lease has expired. @returns whether the stack is free now. */
export async function endIfExpired(
  { db }: Tx,
  { updateId, stackId }: { updateId: string; stackId: string },
): Promise<boolean> {
  const ended = await failIfExpired(db, updateId);
  if (ended) await releaseLease(db, stackId, updateId);
  return ended;
}
