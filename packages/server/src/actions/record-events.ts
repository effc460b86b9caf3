import type { LeaseCtx } from "../context.ts";
import { foldEvents, recordingOf } from "../findings/index.ts";
import { recordEvents } from "../updates/index.ts";
import { maskSecrets, type PlacedEvent } from "./mask-events.ts";

/**
 * Records a batch of engine events and, in the same statement, what they say of policies. An event that is sent again
 * changes nothing. What the server knows to be secret is masked before.
 *
 * @throws lease_invalid
 */
export async function recordBatch(ctx: LeaseCtx, events: readonly PlacedEvent[]): Promise<void> {
  const masked = await maskSecrets(ctx, events);
  await recordEvents(ctx, masked, async (part) => recordingOf(await foldEvents(ctx, part)));
  ctx.metrics.eventsRecorded(events.length);
}
