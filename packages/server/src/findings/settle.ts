import { type Ctx, type Tx, transaction } from "../context.ts";
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
import { openExpired } from "./triage-queries.ts";

/** In days. */
const PREDICTIONS_LAST = 14;

/**
 * Brings the findings of a locked stack up to date with the updates that have ended since the last time, in the order in
 * which they ended. A real run opens and closes findings of what it deployed. A dry run never does: what it shows is
 * predicted.
 */
export async function settleFindings({ db }: Pick<Tx, "db">, stackId: string): Promise<void> {
  for (const update of await listUnsettled(db, stackId)) await settle(db, update);
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
export async function settleEnded(ctx: Pick<Ctx, "db">): Promise<void> {
  const stacks = new Set((await listUnsettled(ctx.db)).map(({ stackId }) => stackId));
  for (const stackId of stacks) {
    await transaction(ctx, async (tx) => {
      await lockStack(tx.db, stackId);
      await settleFindings(tx, stackId);
    });
  }
  await openExpired(ctx.db);
  await forgetOldPredictions(ctx.db, PREDICTIONS_LAST);
}
