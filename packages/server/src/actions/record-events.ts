import { type LeaseCtx, transaction } from "../context.ts";
import { fold, insertResults, type SentEvent } from "../findings/index.ts";
import { partsOf, recordEvents } from "../updates/index.ts";

/**
 * Records a batch of engine events and, in the same transaction, what they say of policies. An event that is sent again
 * changes nothing.
 *
 * @throws lease_invalid
 */
export async function recordBatch(ctx: LeaseCtx, events: readonly (SentEvent & { body: Buffer })[]): Promise<void> {
  for (const part of partsOf(events)) {
    await transaction(ctx, async (tx) => {
      const recorded = await recordEvents(tx, part);
      await insertResults(tx.db, ctx.lease.updateId, fold(recorded));
    });
  }
}
