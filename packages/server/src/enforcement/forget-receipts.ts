import type { Ctx } from "../context.ts";
import { deleteOldReceipts } from "./receipt-queries.ts";

/** In receipts, in one transaction. */
const STEP = 2_000;

/**
 * Removes receipts of runs that ended more than so many days ago, except those on which an answer of today depends.
 *
 * @returns whether some may be left.
 */
export async function forgetReceipts({ db }: Pick<Ctx, "db">, days: number): Promise<boolean> {
  return (await deleteOldReceipts(db, days, STEP)) === STEP;
}
