import type { Ctx } from "../context.ts";
import { bytesOf } from "../json/project.ts";
import { bufferOf } from "../workers/buffers.ts";
import type { Task } from "../workers/pool.ts";
import { type EventKind, fold, type SentEvent } from "./fold.ts";
import type { ResultTexts } from "./result-queries.ts";

/** A list in an event, as JSON text. A list may be long, so it is decoded where the event is folded. */
export interface EventList {
  kind: EventKind;
  field: string;
  json: Buffer;
}

/** An engine event without its lists, and they. */
export interface ListedEvent {
  event: SentEvent;
  lists: readonly EventList[];
}

/** Events, and the place of each list in `bytes`, which have memory of their own. */
interface Unfolded {
  events: readonly SentEvent[];
  lists: readonly { event: number; kind: EventKind; field: string; start: number; end: number }[];
  bytes: Uint8Array<ArrayBuffer>;
}

export const foldTask: Task<Unfolded, ResultTexts> = {
  name: "fold-events",
  moves: { input: ({ bytes }) => [bytes.buffer] },
  run({ events, lists, bytes }) {
    const whole = events.map((event) => ({ ...event }));
    for (const { event, kind, field, ...place } of lists) {
      const of = whole[event];
      const list = JSON.parse(bytesOf(bufferOf(bytes), place).toString("utf8"));
      if (of) of[kind] = { ...(of[kind] as object), [field]: list };
    }
    const { reports, analyses, steps } = fold(whole);
    return { reports: textOf(reports), analyses: textOf(analyses), steps: textOf(steps) };
  },
};

/** `fold` in a worker thread when there is much to read. */
export function foldEvents({ workers }: Pick<Ctx, "workers">, listed: readonly ListedEvent[]): Promise<ResultTexts> {
  const events = listed.map(({ event }) => event);
  const found = listed.flatMap(({ lists }, event) => lists.map((list) => ({ event, ...list })));
  const bytes = new Uint8Array(found.reduce((sum, { json }) => sum + json.length, 0));
  let end = 0;
  const lists = found.map(({ json, ...list }) => {
    const start = end;
    bytes.set(json, start);
    end += json.length;
    return { ...list, start, end };
  });
  return workers.run(foldTask, { events, lists, bytes }, end + textIn(events));
}

/** How many characters are in a value. */
function textIn(value: unknown): number {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null) return 0;
  return Object.values(value).reduce<number>((sum, inside) => sum + textIn(inside), 0);
}

function textOf(rows: readonly object[]): string | undefined {
  return rows.length > 0 ? JSON.stringify(rows) : undefined;
}
