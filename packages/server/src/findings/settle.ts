import { type Ctx, type Tx, transaction } from "../context.ts";
import { isTimeout, isUnavailable } from "../db/unavailable.ts";
import { lockStack } from "../stacks/index.ts";
import { isUnsettled, listUnsettled, setSettled, type Unsettled } from "../updates/index.ts";
import {
  closeFindings,
  forgetOldPredictions,
  forgetPredictions,
  moveFindings,
  openFindings,
  predict,
} from "./settle-queries.ts";
import { sourceOf } from "./source.ts";
import { openExpired } from "./triage-queries.ts";

/** In days. */
const PREDICTIONS_LAST = 14;

type Settling = Pick<Ctx, "db" | "log">;

/**
 * Brings the findings of a stack up to date with the updates that have ended since the last time, in the order in which they
 * ended. A real run opens and closes findings of what it deployed. A dry run never does: what it shows is predicted.
 *
 * It never throws. What fails because of the database is done the next time; an update that fails because of itself is left
 * out and logged, so that later ones of the stack count.
 */
export async function settleFindings(ctx: Settling, stackId: string): Promise<void> {
  try {
    for (const update of await listUnsettled(ctx.db, stackId)) await settleOrSkip(ctx, update);
  } catch (err) {
    ctx.log.error({ err, stack: stackId }, "the findings of a stack could not be brought up to date");
  }
}

async function settleOrSkip(ctx: Settling, update: Unsettled): Promise<void> {
  try {
    await transaction(ctx, async ({ db }) => {
      await lockStack(db, update.stackId);
      // Two requests may settle the same stack.
      if (await isUnsettled(db, update.id)) await settle(db, update);
    });
  } catch (err) {
    if (isUnavailable(err) && !isTimeout(err)) throw err;
    ctx.log.error({ err, update: update.id }, "the results of an update are not in the findings");
    await setSettled(ctx.db, update.id);
  }
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

/** Settles updates that ended without asking for it, because their lease expired or somebody cancelled them. */
export async function settleEnded(ctx: Settling): Promise<void> {
  const stacks = new Set((await listUnsettled(ctx.db)).map(({ stackId }) => stackId));
  for (const stackId of stacks) await settleFindings(ctx, stackId);
  await openExpired(ctx.db);
  await forgetOldPredictions(ctx.db, PREDICTIONS_LAST);
}
