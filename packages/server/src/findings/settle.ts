import { type Ctx, type Tx, transaction } from "../context.ts";
import { joiningByHash } from "../db/joins.ts";
import { isWorthRetrying } from "../db/unavailable.ts";
import { holdActive, setNeeded } from "../exceptions/index.ts";
import { lockStack } from "../stacks/index.ts";
import {
  listUnsettled,
  readRecorded,
  readSettling,
  setSettled,
  setSettling,
  type Unsettled,
} from "../updates/index.ts";
import { makeBlocks } from "./blocks.ts";
import { countStack, listOutdated } from "./count-queries.ts";
import { keepDay } from "./day-queries.ts";
import { evaluate } from "./evaluate.ts";
import { listNeeded, markExcepted } from "./excepted-queries.ts";
import { continueOpening, type TellReopened } from "./exception-end.ts";
import { type FindingChange, mergeChanges } from "./finding-changes.ts";
import { followMoves } from "./moves.ts";
import { type HealthChange, recordHealth } from "./pack-health.ts";
import { divide, type Part, type UpdatePart } from "./part-queries.ts";
import {
  closeFindings,
  deleteSettledPredictions,
  forgetSources,
  openFindings,
  predict,
  withdrawInapplicable,
} from "./settle-queries.ts";
import { giveSeverities } from "./severity-queries.ts";
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

/** How far an update is settled: the part that is next, and what those before it have changed. */
interface Progress extends Part {
  changes: readonly FindingChange[];
}

/**
 * Each part is a transaction of its own, which keeps how far it is. So whoever settles the same update at the same time, or after
 * this server has died, goes on with the next part.
 */
async function settleOrSkip<C extends Settling>(ctx: C, update: Unsettled, settled: Settled<C>): Promise<void> {
  const end = async (tx: Tx<C>, all: readonly FindingChange[], health: readonly HealthChange[]) => {
    await setSettled(tx.db, update.id);
    // Its engine events are removed with age. An import has none, so what it has would stay.
    if (update.kind === "import") await forgetGone(tx.db, update.id);
    await settled(tx, update, all, health);
  };
  try {
    const ids = readRecorded(update.required).flatMap(({ exceptions = [] }) => exceptions.map(({ id }) => id));
    const parts = await partsOf(ctx, update);
    for (let isSettled = false; !isSettled; ) {
      isSettled = await unlessSettled(ctx, update, { parts, ids }, async (tx, { changes, ...part }, ended) => {
        const changed = await joiningByHash(tx.db, () => settle(tx.db, { ...update, ...part, ended }));
        const all = mergeChanges([...changes, ...changed]);
        const isLast = part.part === part.parts - 1;
        if (isLast) await end(tx, all, await recordHealth(tx.db, update));
        else await setSettling(tx.db, update.id, { ...part, part: part.part + 1, changes: all } satisfies Progress);
        return isLast;
      });
    }
  } catch (err) {
    if (isWorthRetrying(err, update.endedAt)) throw err;
    ctx.log.error({ err, update: update.id }, "the results of an update are not in the findings");
    await unlessSettled(ctx, update, { parts: 1, ids: [] }, async (tx, { changes }) => {
      await end(tx, changes, []);
      return true;
    });
  }
}

/** It is divided once, because that reads all that it has. */
async function partsOf({ db }: Settling, { id }: Unsettled): Promise<number> {
  const begun = (await readSettling(db, id))?.progress as Progress | null | undefined;
  return begun?.parts ?? divide(db, id);
}

/**
 * Two requests may settle the same stack.
 *
 * @param parts of an update of which nothing is settled yet.
 * @param ids of the exceptions that are recorded with the update.
 * @param work does the next part, and is given those of them that have ended since. Nobody removes the others before it is
 *   done. It says whether that was the last one.
 * @returns whether the update is settled to its end.
 */
function unlessSettled<C extends Settling>(
  ctx: C,
  update: Unsettled,
  { parts, ids }: { parts: number; ids: readonly string[] },
  work: (tx: Tx<C>, progress: Progress, ended: readonly string[]) => Promise<boolean>,
): Promise<boolean> {
  const { organizationId } = update;
  return transaction(ctx, async (tx) => {
    const ended = await holdActive(tx.db, { organizationId, ids });
    await lockStack(tx.db, update.stackId);
    const unsettled = await readSettling(tx.db, update.id);
    if (!unsettled) return true;
    return work(tx, (unsettled.progress as Progress | null) ?? { part: 0, parts, changes: [] }, ended);
  });
}

/** A part that is settled again changes nothing. @returns what has changed of the stack's findings. */
async function settle(db: Tx["db"], update: UpdatePart): Promise<FindingChange[]> {
  const source = sourceOf(update.environment);
  const changes: FindingChange[] = [];
  await giveSeverities(db, update);
  if (update.part === 0) {
    await markExcepted(db, update);
    await setNeeded(db, { ...update, ids: await listNeeded(db, update.id), at: update.endedAt });
  }
  if (!update.dryRun) {
    if (update.part === 0) await followMoves(db, update);
    changes.push(...(await openFindings(db, update)));
    changes.push(...(await closeFindings(db, update)));
    await withdrawInapplicable(db, update);
    await evaluate(db, update);
  }
  if (update.loadsPacks) {
    await predict(db, update, source);
    await deleteSettledPredictions(db, update, source);
    if (update.part === update.parts - 1) await forgetSources(db, update.stackId, MOST_PREDICTIONS);
  }
  return changes;
}

/**
 * What must be done from time to time, in bounded steps.
 *
 * @param tell is told of what is open again because exceptions have ended or were removed.
 */
export async function upkeepFindings<C extends Pick<Ctx, "db">>(ctx: C, tell: TellReopened<C>): Promise<void> {
  const { db } = ctx;
  await reopenExpired(ctx);
  await continueOpening(ctx, tell);
  for (const stackId of await listOutdated(db, COUNTED_AT_ONCE)) await countStack(db, stackId);
  await makeBlocks(ctx);
  await keepDay(db);
}
