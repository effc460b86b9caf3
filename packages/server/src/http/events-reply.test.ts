import { once } from "node:events";
import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { eventsReply } from "./events-reply.ts";

test("a page of events that is not sent closes the file of its large event", async () => {
  const file = Readable.from(["{}"]);
  const { body } = eventsReply({ events: [{ sequence: 0, text: file }], next: null });
  if (!(body instanceof Readable)) throw new Error("The page is not streamed.");
  body.destroy();
  await once(body, "close");
  expect(file.destroyed).toBe(true);
});
