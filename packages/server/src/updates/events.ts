import { Readable } from "node:stream";
import { newError } from "@quillon/contract";
import type { RawBuilder } from "kysely";
import type { LeaseCtx, StackCtx } from "../context.ts";
import { despiteConflicts } from "../db/conflicts.ts";
import { isObject } from "../json/is-object.ts";
import { childrenOf } from "../json/span.ts";
import { currentCaller, FOR_EVER_MS, Seats } from "../seats.ts";
import { putBlob } from "../state/index.ts";
import { findCompacted } from "./compaction-queries.ts";
import { insertEngineEvents, listEngineEvents, type NewEvent, type StoredEvent } from "./event-queries.ts";
import { readProgress } from "./read.ts";

const PAGE = 1000;
const PAGE_BYTES = 4 * 1024 * 1024;

interface SentEvent {
  sequence: number;
  summaryEvent?: unknown;
}

/** Larger batches are recorded in several statements, so that none keeps the database long. */
const STATEMENT_BYTES = 4 * 1024 * 1024;

/**
 * How many of these statements run at once, and of one caller, who has twice as many connections. An update sends events beside its
 * journal, and what a journal lacks when a CLI dies are resources that nobody knows, so it must not wait behind all events.
 */
const statements = new Seats(6, 2, FOR_EVER_MS);

/** A larger event is a blob, because the embedded database keeps the memory that it needs for its largest statement. */
const LARGEST_IN_ROW = 1024 * 1024;

/**
 * Records a batch of engine events, each with the bytes that were sent. Batches may come in any order, and repeatedly.
 *
 * @param resultsOf makes what records, with the events of one statement, what they say. It counts only for events that are
 *   new. Other requests have their turn between two statements.
 * @throws lease_invalid
 */
export async function recordEvents<E extends { event: SentEvent; body: Buffer }>(
  ctx: LeaseCtx,
  events: readonly E[],
  resultsOf: (events: readonly E[]) => Promise<RawBuilder<unknown>[]>,
): Promise<void> {
  const { updateId } = ctx.lease;
  for (const part of partsOf(distinct(events))) {
    const sent = part.map(({ event }) => event);
    const resourceChanges = summarize(sent);
    const summarySequence = sent.find(({ summaryEvent }) => isObject(summaryEvent))?.sequence;
    const stored = await Promise.all(part.map((event) => storeEvent(ctx, event)));
    const batch = { updateId, events: stored, resourceChanges, summarySequence, results: await resultsOf(part) };
    const live = await despiteConflicts(() =>
      statements.during(currentCaller() ?? "", () => insertEngineEvents(ctx.db, batch)),
    );
    if (!live) throw newError("lease_invalid", { update: updateId });
  }
}

/** Of events with the same sequence number only the first, as if the others came in a later batch. */
function distinct<E extends { event: SentEvent }>(events: readonly E[]): E[] {
  const first = new Map<number, E>();
  for (const event of events) if (!first.has(event.event.sequence)) first.set(event.event.sequence, event);
  return [...first.values()];
}

async function storeEvent(
  ctx: LeaseCtx,
  { event: { sequence }, body }: { event: SentEvent; body: Buffer },
): Promise<NewEvent> {
  if (body.length <= LARGEST_IN_ROW) return { sequence, body, blob: null };
  return { sequence, body: null, blob: await putBlob(ctx, "events", Readable.from([body])) };
}

/** @returns at least one part. Each has at most 1,000 events, and one event or at most `STATEMENT_BYTES`. */
export function partsOf<E extends { body: Buffer }>(events: readonly E[]): E[][] {
  const parts: E[][] = [[]];
  let bytes = 0;
  for (const event of events) {
    const part = parts.at(-1) ?? [];
    bytes += event.body.length;
    if (part.length > 0 && (part.length === 1_000 || bytes > STATEMENT_BYTES)) {
      parts.push([event]);
      bytes = event.body.length;
    } else part.push(event);
  }
  return parts;
}

/**
 * What an update changed: how many resources for each operation.
 *
 * @returns undefined unless the summary of a real update is among the events.
 */
export function summarize(events: readonly SentEvent[]): Record<string, number> | undefined {
  for (const { summaryEvent } of events) {
    const { isPreview, resourceChanges } = (summaryEvent ?? {}) as { isPreview?: boolean; resourceChanges?: object };
    if (isPreview !== false || !resourceChanges) continue;
    return Object.fromEntries(Object.entries(resourceChanges).filter(([, count]) => Number.isSafeInteger(count)));
  }
  return undefined;
}

/** An engine event as it was sent. */
export interface EngineEvent {
  sequence: number;
  /** JSON text. A large one is read while it is sent. */
  text: string | Readable;
}

export interface EventPage<E> {
  events: readonly E[];
  /** The sequence number with which the next page starts; null after the last page. */
  next: number | null;
}

/**
 * One page of an update's events as they were sent, in order.
 *
 * @param page.from the sequence number with which it starts.
 * @throws update_not_found, event_missing
 */
export async function readEvents(
  ctx: StackCtx,
  { update, from }: { update: string; from: number },
): Promise<EventPage<EngineEvent>> {
  // Asked first: once an update has ended it gets no more events, so a page read after that can be the last.
  const { ended } = await readProgress(ctx, update);
  const { events, full } = await listEngineEvents(ctx.db, { updateId: update, from, limit: PAGE, bytes: PAGE_BYTES });
  // Asked last: what was listed after its update was compacted is not all that there was.
  const compacted = ended ? await findCompacted(ctx.db, update) : undefined;
  if (compacted) return compactedPage(compacted, from);
  const page = pageOf(events, { from, full, open: !ended });
  const opened: EngineEvent[] = [];
  for (const event of page.events) opened.push(await openEvent(ctx, event));
  return { ...page, events: opened };
}

/**
 * The same, but only events with a payload of this name. The CLI stops at a page without any, so only the last one is empty. An
 * event that comes late while the update runs may be missed.
 */
export async function readEventsWith(
  ctx: StackCtx,
  { update, from, payload }: { update: string; from: number; payload: string },
): Promise<EventPage<EngineEvent>> {
  const { ended } = await readProgress(ctx, update);
  for (let next = from; ; ) {
    const page = await listEngineEvents(ctx.db, {
      updateId: update,
      from: next,
      limit: PAGE,
      bytes: PAGE_BYTES,
      payload,
    });
    const last = page.events.at(-1);
    const found: EngineEvent[] = [];
    for (const event of page.events) {
      const opened = await openEvent(ctx, event);
      if ((await payloadOf(opened)) === payload) found.push(opened);
      else if (typeof opened.text !== "string") opened.text.destroy();
    }
    next = last ? last.sequence + 1 : next;
    if (found.length > 0 || !page.full) return { events: found, next: page.full || !ended ? next : null };
  }
}

/** What every event has beside its payload. */
const COMMON = new Set(["sequence", "timestamp", "type"]);

async function payloadOf({ text }: EngineEvent): Promise<string | undefined> {
  const json = typeof text === "string" ? Buffer.from(text) : await startOf(text);
  for (const { key } of childrenOf(json)) if (key !== undefined && !COMMON.has(key)) return key;
  return undefined;
}

/** The first part of a stream, which stays in it. */
async function startOf(stream: Readable): Promise<Buffer> {
  for await (const part of stream.iterator({ destroyOnReturn: false })) {
    stream.unshift(part);
    return part;
  }
  return Buffer.alloc(0);
}

/** One event instead of all that there were, because a page without any would say that nothing happened. */
function compactedPage(at: Date, from: number): EventPage<EngineEvent> {
  const message = `The events of this update are not kept any more. It was compacted on ${at.toISOString().slice(0, 10)}, because it is old.\n`;
  const event = { sequence: 0, timestamp: Math.floor(at.getTime() / 1000), stdoutEvent: { message, color: "never" } };
  return { events: from === 0 ? [{ sequence: 0, text: JSON.stringify(event) }] : [], next: null };
}

async function openEvent({ blobs, log }: StackCtx, { sequence, body, blob }: StoredEvent): Promise<EngineEvent> {
  if (blob === null) return { sequence, text: body ?? "" };
  const found = await blobs.get(blob);
  if (found) return { sequence, text: found.bytes };
  log.error({ blob }, "an engine event is missing from the blob folder");
  throw newError("event_missing", {});
}

/**
 * While more events may come, a page ends before the first gap. The missing event may still arrive, and a reader that
 * has passed the gap would never see it.
 *
 * @param of.full there may be more events than these.
 * @param of.open the update still runs.
 */
export function pageOf<E extends { sequence: number }>(
  events: readonly E[],
  { from, full, open }: { from: number; full: boolean; open: boolean },
): EventPage<E> {
  const gap = events.findIndex(({ sequence }, index) => sequence !== from + index);
  const page = open && gap !== -1 ? events.slice(0, gap) : events;
  const next = (page.at(-1)?.sequence ?? from - 1) + 1;
  return { events: page, next: open || full ? next : null };
}
