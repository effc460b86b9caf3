import { type Ctx, type Tx, transaction } from "../context.ts";
import { joiningByHash } from "../db/joins.ts";
import { isUnavailable } from "../db/unavailable.ts";
import { lockStack } from "../stacks/index.ts";
import { isUnsettled, listUnsettled, setSettled, type Unsettled } from "../updates/index.ts";
import {
  closeFindings,
  countResults,
  forgetOldPredictions,
  forgetPredictions,
  moveFindings,
  openFindings,
  type Part,
  predict,
} from "./settle-queries.ts";
import { sourceOf } from "./source.ts";
import { openExpired } from "./triage-queries.ts";

/** In days. */
const PREDICTIONS_LAST = 14;
/** So many results are settled at once. It takes the embedded database some two seconds. */
const PART = 20_000;

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
    const parts = Math.max(1, Math.ceil((await countResults(ctx.db, update.id)) / PART));
    for (let part = 0; part < parts; part += 1) {
      await transaction(ctx, async ({ db }) => {
        await lockStack(db, update.stackId);
        // Two requests may settle the same stack.
        if (await isUnsettled(db, update.id)) await joiningByHash(db, () => settle(db, { ...update, part, parts }));
      });
    }
  } catch (err) {
    if (isUnavailable(err) && !isTimeout(err)) throw err;
    ctx.log.error({ err, update: update.id }, "the results of an update are not in the findings");
    await setSettled(ctx.db, update.id);
  }
}

/** A part that is settled again changes nothing. */
async function settle(db: Tx["db"], update: Unsettled & Part): Promise<void> {
  const source = sourceOf(update.environment);
  if (!update.dryRun) {
    if (update.part === 0) await moveFindings(db, update);
    await openFindings(db, update);
    await closeFindings(db, update);
  }
  if (update.loadsPacks) {
    await predict(db, update, source);
    await forgetPredictions(db, update, source);
  }
  if (update.part === update.parts - 1) await setSettled(db, update.id);
}

/** Settles updates that ended without asking for it, because their lease expired or somebody cancelled them. */
export async function settleEnded(ctx: Settling): Promise<void> {
  const stacks = new Set((await listUnsettled(ctx.db)).map(({ stackId }) => stackId));
  for (const stackId of stacks) await settleFindings(ctx, stackId);
  await openExpired(ctx.db);
  await forgetOldPredictions(ctx.db, PREDICTIONS_LAST);
}

/** A statement that takes too long would take as long the next time. */
function isTimeout(error: unknown): boolean {
  return (error as { code?: unknown }).code === "57014";
}
