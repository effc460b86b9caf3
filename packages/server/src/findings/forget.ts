import { type Ctx, transaction } from "../context.ts";
import { forgetRemoved } from "../stacks/index.ts";
import { deleteEndedFindings, deleteOldDays, deleteOldPredictions, listEmptied } from "./forget-queries.ts";

/** In rows of each table, in one transaction. */
const STEP = 5_000;

/** Forgets predictions of which no run has spoken for so many days. @returns whether some may be left. */
export async function forgetPredictions({ db }: Pick<Ctx, "db">, days: number): Promise<boolean> {
  return (await deleteOldPredictions(db, days, STEP)) === STEP;
}

/**
 * Forgets findings that ended so long ago, removed stacks that have none any more, and the scores of such days.
 *
 * @returns whether some may be left.
 */
export async function forgetFindings(ctx: Pick<Ctx, "db">, days: number): Promise<boolean> {
  const { db } = ctx;
  const findings = await transaction(ctx, (tx) => deleteEndedFindings(tx.db, days, STEP));
  const scores = await deleteOldDays(db, "score_days", days, STEP);
  const resources = await deleteOldDays(db, "resource_days", days, STEP);
  const emptied = await listEmptied(db, STEP);
  await forgetRemoved(db, emptied);
  return [findings, scores, resources, emptied.length].includes(STEP);
}
