import { type Ctx, type Tx, transaction } from "../context.ts";
import { keepRemoved, listUnfinished, setFinished } from "../stacks/index.ts";
import { hasFindings, withdrawOfStack } from "./withdraw-queries.ts";

/** In findings. */
const STEP = 10_000;

/**
 * Ends the findings of a stack that is about to be removed, in the transaction that removes it. They stay, with the names of their
 * stack. It ends 10,000 at once, so that others need not wait for the database. No list shows the rest as open, and
 * `continueWithdrawing` ends them.
 */
export async function withdrawStack(
  { db }: Tx,
  of: { organizationId: string; stackId: string; auditId: string },
): Promise<void> {
  if (!(await hasFindings(db, of.stackId))) return;
  const unfinished = (await withdrawOfStack(db, { ...of, limit: STEP })) === STEP;
  await keepRemoved(db, { stackId: of.stackId, removedBy: of.auditId, unfinished });
}

/** Ends what removed stacks have left open, each step in a transaction of its own. */
export async function continueWithdrawing(ctx: Pick<Ctx, "db">): Promise<void> {
  for (let more = true; more; ) {
    more = await transaction(ctx, async ({ db }) => {
      const [left] = await listUnfinished(db, 1);
      if (!left) return false;
      const { removedBy: auditId, ...of } = left;
      if ((await withdrawOfStack(db, { ...of, auditId, limit: STEP })) < STEP) await setFinished(db, of.stackId);
      return true;
    });
  }
}
