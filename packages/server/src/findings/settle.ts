import { type Ctx, type Tx, transaction } from "../context.ts";
import { isConflict } from "../db/conflicts.ts";
import { joiningByHash } from "../db/joins.ts";
import { isTimeout, isUnavailable } from "../db/unavailable.ts";
import { lockStack } from "../stacks/index.ts";
import { isUnsettled, listUnsettled, setSettled, type Unsettled } from "../updates/index.ts";
import { makeBlocks } from "./blocks.ts";
import { countStack, listOutdated } from "./count-queries.ts";
import { keepDay } from "./day-queries.ts";
import { evaluate } from "./evaluate.ts";
import { markExcepted } from "./excepted-queries.ts";
import { openExceptedUntilNow } from "./exception-end.ts";
import { type HealthChange, recordHealth } from "./pack-health.ts";
import { divide, type Part } from "./part-queries.ts";
import {
  closeFindings,
  deleteSettledPredictions,
  type FindingChange,
  forgetSources,
  moveFindings,
  openFindings,
  predict,
} from "./settle-queries.ts";
import { sourceOf } from "./source.ts";
import { forgetGone } from "./state-queries.ts";
import { reopenExpired } from "./triage.ts";

/** Of one stack: what the sources before the newest may have together. Names of branches have no limit. */
const MOST_PREDICTIONS = 20_000;
/** In stacks. */
const COUNTED_AT_ONCE = 1_000;

type Settling = Pick<Ctx, "db" | "log">;

/**
 * Is told once of every update that has ended, in the transaction that brings the findings up to date with it, and what has
 * changed of them.
 */
export type Settled<C extends Settling> = (
  tx: Tx<C>,
  update: Unsettled,
  changes: readonly FindingChange[],
  health: readonly HealthChange[],
) => Promise<void>;

/**
 * Brings the findings of a stack up to date with the updates that have ended since the last time, in the order in which they
 * ended. A real run opens and closes findings of what it deployed. A dry run never does: what it shows is predicted.
 *
 * It never throws. What fails because of the database is done the next time; an update that fails because of itself is left
 * out and logged, so that later ones of the stack count.
 */
export async function settleFindings<C extends Settling>(ctx: C, stackId: string, settled: Settled<C>): Promise<void> {
  try {
    for (const update of await listUnsettled(ctx.db, stackId)) await settleOrSkip(ctx, update, settled);
  } catch (err) {
    ctx.log.error({ err, stack: stackId }, "the findings of a stack could not be brought up to date");
  }
}

async function settleOrSkip<C extends Settling>(ctx: C, update: Unsettled, settled: Settled<C>): Promise<void> {
  let changes: readonly FindingChange[] = [];
  const end = async (tx: Tx<C>, all: readonly FindingChange[], health: readonly HealthChange[]) => {
    await setSettled(tx.db, update.id);
    // Its engine events are removed with age. An import has none, so what it has would stay.
    if (update.kind === "import") await forgetGone(tx.db, update.id);
    await settled(tx, update, all, health);
  };
  try {
    const parts = await divide(ctx.db, update.id);
    for (let part = 0; part < parts; part += 1) {
      const before = changes;
      const after = await unlessSettled(ctx, update, async (tx) => {
        const all = [...before, ...(await joiningByHash(tx.db, () => settle(tx.db, { ...update, part, parts })))];
        if (part === parts - 1) await end(tx, all, await recordHealth(tx.db, update));
        return all;
      });
      if (!after) return;
      changes = after;
    }
  } catch (err) {
    if (isConflict(err) || (isUnavailable(err) && !isTimeout(err))) throw err;
    ctx.log.error({ err, update: update.id }, "the results of an update are not in the findings");
    await unlessSettled(ctx, update, (tx) => end(tx, changes, []));
  }
}

/** Two requests may settle the same stack. @returns undefined when the other one has done it. */
function unlessSettled<C extends Settling, T>(
  ctx: C,
  update: Unsettled,
  work: (tx: Tx<C>) => Promise<T>,
): Promise<T | undefined> {
  return transaction(ctx, async (tx) => {
    await lockStack(tx.db, update.stackId);
    return (await isUnsettled(tx.db, update.id)) ? work(tx) : undefined;
  });
}

/** A part that is settled again changes nothing. @returns what has changed of the stack's findings. */
async function settle(db: Tx["db"], update: Unsettled & Part): Promise<FindingChange[]> {
  const source = sourceOf(update.environment);
  const changes: FindingChange[] = [];
  if (update.part === 0) await markExcepted(db, update);
  if (!update.dryRun) {
    if (update.part === 0) await moveFindings(db, update);
    changes.push(...(await openFindings(db, update)));
    changes.push(...(await closeFindings(db, update)));
    await evaluate(db, update);
  }
  if (update.loadsPacks) {
    await predict(db, update, source);
    await deleteSettledPredictions(db, update, source);
    if (update.part === update.parts - 1) await forgetSources(db, update.stackId, MOST_PREDICTIONS);
  }
  return changes;
}

/** What must be done from time to time, in bounded steps. */
export async function upkeepFindings(ctx: Pick<Ctx, "db">): Promise<void> {
  const { db } = ctx;
  await reopenExpired(ctx);
  await openExceptedUntilNow(ctx);
  for (const stackId of await listOutdated(db, COUNTED_AT_ONCE)) await countStack(db, stackId);
  await makeBlocks(ctx);
  await keepDay(db);
}
