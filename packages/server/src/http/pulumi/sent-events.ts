import type { PlacedEvent } from "../../actions/record-events.ts";
import type { SentEvent } from "../../findings/index.ts";
import { bytesOf } from "../../json/project.ts";
import type { Span } from "../../json/scan.ts";

/** In bytes. The longest list of policies of one resource that is read; a pack of 5,000 policies has 200 KB. */
const LONGEST_LIST = 1024 * 1024;

/** The lists of an event. The schema leaves them open, so that only those that are short enough are decoded. */
const lists = {
  policyEvent: ["exceptions"],
  policyAnalyzeSummaryEvent: ["passed", "failed"],
  policyAnalyzeStackSummaryEvent: ["passed", "failed"],
} as const;

/**
 * The engine events of a request, each with its bytes.
 *
 * @param at.raw the bytes of the request, in which `at.span` is the body's place.
 */
export function sentEvents(
  { events }: { events: readonly SentEvent[] },
  { raw, span }: { raw: Buffer; span: Span },
): PlacedEvent[] {
  const places = span.members.get("events")?.elements ?? [];
  return events.map((event, index) => {
    const place = places[index];
    if (!place) return { ...event, body: Buffer.alloc(0), whole: () => event };
    return { ...event, body: bytesOf(raw, place), whole: () => withLists(event, raw, place) };
  });
}

function withLists(event: SentEvent, raw: Buffer, place: Span): SentEvent {
  const complete = { ...event };
  for (const [kind, names] of Object.entries(lists)) {
    const fields = place.members.get(kind);
    if (!fields) continue;
    const read = names.map((name) => [name, listAt(raw, fields.members.get(name))]);
    const key = kind as keyof typeof lists;
    complete[key] = { ...(complete[key] as object), ...Object.fromEntries(read) };
  }
  return complete;
}

function listAt(raw: Buffer, place: Span | undefined): unknown {
  if (!place || raw[place.start] !== 0x5b || place.end - place.start > LONGEST_LIST) return undefined;
  return JSON.parse(bytesOf(raw, place).toString("utf8"));
}
