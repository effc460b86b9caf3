import { type Ctx, type Tx, transaction } from "../context.ts";
import { isUnavailable } from "../db/unavailable.ts";
import { lockStack } from "../stacks/index.ts";
import { isUnsettled, listUnsettled, setSettled, type Unsettled } from "../updates/index.ts";
import { countStack, listOutdated } from "./count-queries.ts";
import { keepDay } from "./day-queries.ts";
import { evaluate } from "./evaluate.ts";
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
/** In stacks. */
const COUNTED_AT_ONCE = 1_000;

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
    await evaluate(db, update);
  }
  if (update.loadsPacks) {
    await predict(db, update, source);
    await forgetPredictions(db, update, source);
  }
  await setSettled(db, update.id);
}

/** What must be done from time to time, in bounded steps. */
export async function upkeepFindings({ db }: Pick<Ctx, "db">): Promise<void> {
  await openExpired(db);
  await forgetOldPredictions(db, PREDICTIONS_LAST);
  for (const stackId of await listOutdated(db, COUNTED_AT_ONCE)) await countStack(db, stackId);
  await keepDay(db);
}

/** A statement that takes too long would take as long the next time. */
function isTimeout(error: unknown): boolean {
  return (error as { code?: unknown }).code === "57014";
}
