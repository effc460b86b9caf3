import { newError } from "@quillon/contract";
import type { LeaseCtx, StackCtx } from "../context.ts";
import { elementsOf, membersOf } from "../json/span.ts";
import { insertEvents, listEvents } from "./queries.ts";
import { readProgress } from "./read.ts";

const PAGE = 1000;

interface SentEvent {
  sequence: number;
  summaryEvent?: unknown;
}

/**
 * Records a batch of engine events, each as the bytes that were sent. Batches may come in any order, and more than once.
 *
 * @throws lease_invalid
 */
export async function recordEvents(
  { db, lease }: LeaseCtx,
  { text, events }: { text: Buffer; events: readonly SentEvent[] },
): Promise<void> {
  const bodies = elementsOf(membersOf(text).get("events") ?? Buffer.alloc(0));
  const recorded = await insertEvents(db, lease.updateId, {
    sequences: events.map(({ sequence }) => sequence),
    bodies: bodies.map((body) => body.toString("utf8")),
    resourceChanges: summarize(events),
  });
  if (!recorded) throw newError("lease_invalid", { update: lease.updateId });
}

/** What a real update changed, by operation, if its summary is among the events. */
export function summarize(events: readonly SentEvent[]): Record<string, number> | undefined {
  for (const { summaryEvent } of events) {
    const { isPreview, resourceChanges } = (summaryEvent ?? {}) as { isPreview?: boolean; resourceChanges?: object };
    if (isPreview !== false || !resourceChanges) continue;
    return Object.fromEntries(Object.entries(resourceChanges).filter(([, count]) => Number.isSafeInteger(count)));
  }
  return undefined;
}

/** Events as they were sent, in order from `from` on, and where the next page begins: null after the last. */
export async function readEvents(ctx: StackCtx, update: string, from: number) {
  // First, for an update that has ended gets no more events.
  const { ended } = await readProgress(ctx, update);
  const events = await listEvents(ctx.db, update, { from, limit: PAGE });
  return pageOf(events, { from, full: events.length === PAGE, open: !ended });
}

/**
 * While more may come, a page ends before the first gap: what fills it may still be under way, and a reader that has
 * gone past would never see it.
 */
export function pageOf<E extends { sequence: number }>(
  events: readonly E[],
  { from, full, open }: { from: number; full: boolean; open: boolean },
): { events: readonly E[]; next: number | null } {
  const gap = events.findIndex(({ sequence }, index) => sequence !== from + index);
  const page = open && gap !== -1 ? events.slice(0, gap) : events;
  const next = (page.at(-1)?.sequence ?? from - 1) + 1;
  return { events: page, next: open || full ? next : null };
}
