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
  const body = Readable.from(text(), { objectMode: false });
  // A generator that has not begun does not learn that its reply is not sent, and a file that nobody closes stays open.
  body.once("close", () => {
    for (const { text } of events) if (typeof text !== "string") text.destroy();
  });
  return new RawReply(body, { "content-type": "application/json; charset=utf-8" });
}
