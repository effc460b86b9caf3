import { type Ctx, transaction } from "../context.ts";
import { recordByServer } from "./by-server.ts";
import { type Lapsed, markLapsed, OPEN_DAYS } from "./request-queries.ts";

/** In requests. */
const STEP = 100;

/** Records each request that was not applied in time. Nothing else need be done for its end, which its age alone decides. */
export async function recordLapsed(ctx: Pick<Ctx, "db">): Promise<void> {
  for (let more = true; more; ) {
    more = await transaction(ctx, async (tx) => {
      const lapsed = await markLapsed(tx.db, STEP);
      await recordByServer(tx, lapsed.map(eventOf));
      return lapsed.length === STEP;
    });
  }
}

function eventOf({ organizationId, id, pack }: Lapsed) {
  return {
    organizationId,
    event: "Policy Exception Request Lapsed",
    description: `Change request ${id} for an exception from policy pack ${pack} was not applied within ${OPEN_DAYS} days`,
  } as const;
}
