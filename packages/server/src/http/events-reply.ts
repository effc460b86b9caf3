import { Readable } from "node:stream";
import type { EngineEvent, EventPage } from "../updates/index.ts";
import { RawReply } from "./route.ts";
import { withType, withTypeOf } from "./typed-event.ts";

/** A page of engine events, which is sent while its large ones are read. */
export function eventsReply({ events, next }: EventPage<EngineEvent>): RawReply {
  async function* text() {
    yield '{"events":[';
    for (const [index, event] of events.entries()) {
      if (index > 0) yield ",";
      if (typeof event.text === "string") yield withType(Buffer.from(event.text));
      else yield* withTypeOf(event.text);
    }
    yield `],"continuationToken":${next === null ? "null" : `"${next}"`}}`;
  }
  return new RawReply(Readable.from(text(), { objectMode: false }), {
    "content-type": "application/json; charset=utf-8",
  });
}
