import { type Ctx, type Tx, transaction } from "../context.ts";
import { isUnavailable } from "../db/unavailable.ts";
import { lockStack } from "../stacks/index.ts";
import { listUnsettled, setSettled, type Unsettled } from "../updates/index.ts";
import {
  closeFindings,
  forgetOldPredictions,
  forgetPredictions,
  moveFindings,
  openFindings,
  predict,
} from "./settle-queries.ts";
import { sourceOf } from "./source.ts";

/** In days. */
const PREDICTIONS_LAST = 14;

/**
 * Brings the findings of a stack up to date with the updates that have ended since the last time, in the order in which they
 * ended. A real run opens and closes findings of what it deployed. A dry run never does: what it shows is predicted.
 */
export async function settleFindings(ctx: Pick<Ctx, "db">, stackId: string): Promise<void> {
  for (const update of await listUnsettled(ctx.db, stackId)) await settleOnce(ctx, update);
}

/** Each update has a transaction of its own, so that one that can't be settled undoes nothing of another. */
function settleOnce(ctx: Pick<Ctx, "db">, { id, stackId }: Unsettled): Promise<void> {
  return transaction(ctx, async ({ db }) => {
    await lockStack(db, stackId);
    const update = (await listUnsettled(db, stackId)).find((unsettled) => unsettled.id === id);
    if (update) await settle(db, update);
  });
}

async function settle(db: Tx["db"], update: Unsettled): Promise<void> {
  const source = sourceOf(update.environment);
  if (!update.dryRun) {
    await moveFindings(db, update);
    await openFindings(db, update);
    await closeFindings(db, update);
  }
  if (update.loadsPacks) {
    await predict(db, update, source);
    await forgetPredictions(db, update, source);
  }
  await setSettled(db, update.id);
}

/**
 * Settles updates that ended without asking for it, because their lease expired or somebody cancelled them, and those that
 * could not be settled when they ended. What can't be settled now either has no findings, because all later updates of its
 * stack would wait for it.
 */
export async function settleEnded(ctx: Pick<Ctx, "db" | "log">): Promise<void> {
  for (const update of await listUnsettled(ctx.db)) {
    try {
      await settleOnce(ctx, update);
    } catch (err) {
      if (isUnavailable(err) && !isTimeout(err)) throw err;
      ctx.log.error(
        { err, update: update.id },
        "what an update violated could not be recorded, and is not in the findings",
      );
      await setSettled(ctx.db, update.id);
    }
  }
  await forgetOldPredictions(ctx.db, PREDICTIONS_LAST);
}

/** A statement that takes too long would take as long the next time. */
function isTimeout(error: unknown): boolean {
  return (error as { code?: unknown }).code === "57014";
}
