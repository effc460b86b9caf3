import type { Ctx } from "../context.ts";
import { BEFORE_ALL_IDS } from "../db/pages.ts";
import { listStacksAfter, removeStates } from "./queries.ts";

/** In stacks that are looked at, and in states that are removed, in one statement. */
const STACKS = 500;
const STATES = 200;

/**
 * Removes from every stack all states but the newest ones. Their blobs are swept when no state names them.
 *
 * @param keep how many stay.
 * @returns a function that does one bounded step, and says whether something is left to do.
 */
export function stateRemoval({ db }: Pick<Ctx, "db">, keep: number): () => Promise<boolean> {
  let stacks: string[] = [];
  return async () => {
    if (stacks.length === 0) return next();
    const removed = await removeStates(db, stacks, { keep, limit: STATES });
    return removed === STATES || next();
  };
  async function next(): Promise<boolean> {
    stacks = await listStacksAfter(db, stacks.at(-1) ?? BEFORE_ALL_IDS, STACKS);
    return stacks.length > 0;
  }
}
