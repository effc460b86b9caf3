import { gzipSync } from "node:zlib";
import { recordedEvents } from "../../packages/server/src/testing/recorded-events.ts";
import type { startQuillonClient } from "../measure/client.ts";

type Event = { sequence: number } & Record<string, unknown>;

const VERSION = "3.274.1";
const RESOURCE = "urn:pulumi:dev::pets::random:index/randomPet:RandomPet::rex";

/** The events of an update of so many resources: those that the CLI sent of one, for each, and those of the whole update. */
export function eventsOf(resources: number): Event[] {
  const recorded = recordedEvents(VERSION, "up-fixes") as Event[];
  const about = (event: Event) => JSON.stringify(event).includes(RESOURCE) && !JSON.stringify(event).includes("::tom");
  const ofOne = recorded.filter(about);
  const others = recorded.filter((event) => !about(event));
  const ofAll = Array.from({ length: resources }, (_, index) => {
    const text = JSON.stringify(ofOne).replaceAll(RESOURCE, `${RESOURCE}-${index}`);
    return JSON.parse(text) as Event[];
  }).flat();
  return [...ofAll, ...others].map((event, sequence) => ({ ...event, sequence }));
}

/** The same bytes, in which the server finds nothing of policies and resources. */
export function withoutResults(events: readonly Event[]): Event[] {
  const text = JSON.stringify(events).replace(
    /"(policy|res)(\w+Event)":/g,
    (_, start, end) => `"${start.toUpperCase()}${end}":`,
  );
  return JSON.parse(text);
}

/** Gzipped bodies of requests with 50 events each, as the CLI sends them. */
export function batchesOf(events: readonly Event[]): Buffer<ArrayBuffer>[] {
  const batches: Buffer<ArrayBuffer>[] = [];
  for (let start = 0; start < events.length; start += 50)
    batches.push(gzipSync(JSON.stringify({ events: events.slice(start, start + 50) })));
  return batches;
}

type Update = Awaited<ReturnType<ReturnType<typeof startQuillonClient>["newUpdate"]>>;

/** Sends the batches of an update from three senders, as the CLI does. @returns how long each request took, in milliseconds. */
export async function sendBatches(update: Update, batches: readonly Buffer<ArrayBuffer>[]): Promise<number[]> {
  const times: number[] = [];
  const left = [...batches];
  const sender = async () => {
    for (let body = left.shift(); body; body = left.shift()) {
      const from = performance.now();
      const { status, text } = await update("POST", "events/batch", body, true);
      if (status >= 300) throw new Error(`events: ${status} ${text}`);
      times.push(performance.now() - from);
    }
  };
  await Promise.all([sender(), sender(), sender()]);
  return times;
}
