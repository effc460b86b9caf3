import type { LeaseCtx } from "../context.ts";
import { fold, recordingOf, type SentEvent } from "../findings/index.ts";
import { recordEvents } from "../updates/index.ts";

/** An engine event with its bytes. Its lists may be long, so they are decoded only when they are needed. */
export type PlacedEvent = SentEvent & { body: Buffer; whole(): SentEvent };

/**
 * Records a batch of engine events and, in the same statement, what they say of policies. An event that is sent again
 * changes nothing.
 *
 * @throws lease_invalid
 */
export function recordBatch(ctx: LeaseCtx, events: readonly PlacedEvent[]): Promise<void> {
  return recordEvents(ctx, events, (part) => recordingOf(fold(part.map((event) => event.whole()))));
}
