import type { LeaseCtx } from "../context.ts";
import { foldEvents, type ListedEvent, recordingOf } from "../findings/index.ts";
import { recordEvents } from "../updates/index.ts";

/** An engine event with the bytes that were sent. */
export type PlacedEvent = ListedEvent & { body: Buffer };

/**
 * Records a batch of engine events and, in the same statement, what they say of policies. An event that is sent again
 * changes nothing.
 *
 * @throws lease_invalid
 */
export function recordBatch(ctx: LeaseCtx, events: readonly PlacedEvent[]): Promise<void> {
  return recordEvents(ctx, events, async (part) => recordingOf(await foldEvents(ctx, part)));
}
