import { type Ctx, transaction } from "../context.ts";
import { BEFORE_ALL_IDS } from "../db/pages.ts";
import { lockNumbering, numberEvents } from "./queries.ts";
import { deleteOldEvents, findNextOrganization, hasOldUnnumbered } from "./removal-queries.ts";

/** In events, in one transaction. */
const STEP = 1_000;

/**
 * Removes events of more than so many days ago, from one organization after the other. Those that nobody has followed yet get
 * their sequence before, so that whoever follows later can tell that some are gone.
 *
 * @returns a function that does one bounded step, and says whether something is left to do.
 */
export function auditRemoval(ctx: Pick<Ctx, "db">, days: number): () => Promise<boolean> {
  let organization = BEFORE_ALL_IDS;
  let more = false;
  return async () => {
    const current = more ? organization : await findNextOrganization(ctx.db, organization);
    if (!current) return false;
    organization = current;
    if (await hasOldUnnumbered(ctx.db, current, days)) {
      await transaction(ctx, async ({ db }) => {
        await lockNumbering(db, current);
        await numberEvents(db, current, STEP);
      });
      more = true;
    } else {
      more = (await deleteOldEvents(ctx.db, current, { days, limit: STEP })) === STEP;
    }
    return true;
  };
}
