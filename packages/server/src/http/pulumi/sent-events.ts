import type { PlacedEvent } from "../../actions/mask-events.ts";
import type { EventKind, EventList, SentEvent } from "../../findings/index.ts";
import { bytesOf } from "../../json/project.ts";
import type { Span } from "../../json/scan.ts";

/** In bytes. The longest list of policies of one resource that is read; a pack of 5,000 policies has 200 KB. */
const LONGEST_LIST = 1024 * 1024;

/** Which fields of an event are lists. The schema leaves them open, so they are not decoded with the body. */
const LISTS: readonly [EventKind, ...fields: string[]][] = [
  ["policyEvent", "exceptions"],
  ["policyAnalyzeSummaryEvent", "passed", "failed"],
  ["policyAnalyzeStackSummaryEvent", "passed", "failed"],
];

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
    if (!place) return { event, body: Buffer.alloc(0), lists: [] };
    return { event, body: bytesOf(raw, place), lists: listsIn(raw, place) };
  });
}

function listsIn(raw: Buffer, place: Span): EventList[] {
  const lists: EventList[] = [];
  for (const [kind, ...fields] of LISTS) {
    const members = place.members.get(kind)?.members;
    for (const field of fields) {
      const list = members?.get(field);
      if (list && raw[list.start] === 0x5b && list.end - list.start <= LONGEST_LIST)
        lists.push({ kind, field, json: bytesOf(raw, list) });
    }
  }
  return lists;
}
