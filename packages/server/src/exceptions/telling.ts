import { type Ctx, type Tx, transaction } from "../context.ts";
import { recordByServer } from "./by-server.ts";
import { exceptionId } from "./exception.ts";
import { markTold, type Told } from "./telling-queries.ts";

/** In exceptions. */
const STEP = 100;

/**
 * Marks the exceptions that have ended, and tells of them and of those that will soon end, each step in a transaction of its own.
 *
 * @param tell is given each of them in the transaction in which it is marked.
 */
export async function tellOfEnds<C extends Pick<Ctx, "db">>(
  ctx: C,
  tell: (tx: Tx<C>, told: Told) => Promise<void>,
): Promise<void> {
  for (let more = true; more; ) {
    more = await transaction(ctx, async (tx) => {
      const all = await markTold(tx.db, STEP);
      for (const told of all) await tell(tx, told);
      await recordByServer(tx, all.filter(({ ended }) => ended).map(eventOf));
      return all.length === STEP;
    });
  }
}

function eventOf({ organizationId, number, pack }: Told) {
  return {
    organizationId,
    event: "Policy Exception Ended",
    description: `Policy exception ${exceptionId(number)} of policy pack ${pack} was only until now`,
  } as const;
}
