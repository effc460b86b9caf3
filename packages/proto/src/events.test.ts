import * as grpc from "@grpc/grpc-js";
import { afterEach, expect, test } from "vitest";
import { type EventServer, serveEvents } from "./events.ts";

// grpc-js, a client that is not ours, sends what the CLI sends.

let server: EventServer | undefined;
afterEach(() => server?.close());

/** Serves, and opens a stream. @returns what the server was given, and the stream. */
async function connect() {
  const received: string[] = [];
  let ended = (_: boolean) => {};
  const end = new Promise<boolean>((resolve) => {
    ended = resolve;
  });
  server = await serveEvents(() => ({ event: (json) => received.push(json), end: ended }));
  const client = new grpc.Client(`127.0.0.1:${server.port}`, grpc.credentials.createInsecure());
  let answered = (_: string) => {};
  const answer = new Promise<string>((resolve) => {
    answered = resolve;
  });
  const call = client.makeClientStreamRequest(
    "/pulumirpc.Events/StreamEvents",
    (bytes: Buffer) => bytes,
    (bytes: Buffer) => bytes.length,
    (error, length) => answered(error ? `${error.code}` : `${length} bytes`),
  );
  return { received, end, answer, call, client };
}

/** The message with that event. */
function message(event: string): Buffer {
  const text = Buffer.from(event);
  const length: number[] = [];
  for (let left = text.length; ; left >>>= 7) {
    length.push(left > 127 ? (left & 127) | 128 : left);
    if (left <= 127) return Buffer.concat([Buffer.from([10, ...length]), text]);
  }
}

test("events come in their order, small and large, and the end is answered", async () => {
  const { received, end, answer, call, client } = await connect();
  const sent = [
    "{}",
    `{"long":"${"é".repeat(200_000)}"}`,
    ...Array.from({ length: 300 }, (_, at) => `{"sequence":${at}}`),
  ];
  for (const event of sent) call.write(message(event));
  call.end();
  expect(await end).toBe(true);
  expect(received).toEqual(sent);
  expect(await answer).toBe("0 bytes");
  client.close();
});

test("a client that breaks off has not said that this is all", async () => {
  const { received, end, call, client } = await connect();
  call.write(message("{}"));
  await expect.poll(() => received).toEqual(["{}"]);
  call.cancel();
  expect(await end).toBe(false);
  client.close();
});

test("what is no message is an event that can't be read", async () => {
  const { received, end, call, client } = await connect();
  call.write(Buffer.from([10, 200]));
  call.write(Buffer.from([16, 1, 10, 1, 120]));
  call.end();
  expect(await end).toBe(true);
  expect(received).toEqual(["", "x"]);
  client.close();
});

test("closing ends a stream that is open", async () => {
  const { end, call, client, received } = await connect();
  call.write(message("{}"));
  await expect.poll(() => received).toEqual(["{}"]);
  server?.close();
  expect(await end).toBe(false);
  client.close();
});
