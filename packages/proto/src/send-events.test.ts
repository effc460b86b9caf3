import * as grpc from "@grpc/grpc-js";
import { afterEach, expect, test } from "vitest";
import { sendEvents } from "./send-events.ts";
import { WireReader } from "./wire-read.ts";

// grpc-js, a server that is not ours, takes them as programs of the Automation API do.

const bytes = { serialize: (one: Buffer) => one, deserialize: (one: Buffer) => one };
const service = {
  StreamEvents: {
    path: "/pulumirpc.Events/StreamEvents",
    requestStream: true,
    responseStream: false,
    requestSerialize: bytes.serialize,
    requestDeserialize: bytes.deserialize,
    responseSerialize: bytes.serialize,
    responseDeserialize: bytes.deserialize,
  },
};

let server: grpc.Server;
afterEach(() => server.forceShutdown());

type Call = grpc.ServerReadableStream<Buffer, Buffer>;

/** @returns its address. */
async function serve(streamEvents: (call: Call, answer: grpc.sendUnaryData<Buffer>) => void): Promise<string> {
  server = new grpc.Server();
  server.addService(service, { StreamEvents: streamEvents } as grpc.UntypedServiceImplementation);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return `127.0.0.1:${port}`;
}

function eventOf(message: Buffer): string {
  const reader = new WireReader(message, "An event");
  expect(reader.varint(reader.length)).toBe(10);
  return reader.string(reader.length);
}

test("events come in their order, small and large, and all are taken when it is done", async () => {
  const received: string[] = [];
  const address = await serve((call, answer) => {
    call.on("data", (message: Buffer) => received.push(eventOf(message)));
    call.on("end", () => answer(null, Buffer.alloc(0)));
  });
  const sent = ["{}\n", `{"long":"${"é".repeat(200_000)}"}\n`, "x".repeat(127), "x".repeat(128), ""];
  const stream = sendEvents(address);
  for (const event of sent) stream.event(event);
  stream.end(true);
  expect(await stream.done).toBeUndefined();
  expect(received).toEqual(sent);
});

test("what the server says against it is told", async () => {
  const address = await serve((_, answer) => answer({ code: grpc.status.UNAVAILABLE, details: "not today" }));
  const stream = sendEvents(address);
  stream.event("{}");
  stream.end(true);
  expect(await stream.done).toBe("it answered gRPC status 14");
});

test("a server that is gone, or goes, ends it", async () => {
  const address = await serve((call) => call.once("data", () => server.forceShutdown()));
  const open = sendEvents(address);
  open.event("{}");
  await open.done;
  open.event("{}");
  open.end(true);
  const late = sendEvents(address);
  late.event("{}");
  late.end(true);
  expect(await late.done).toMatch(/ECONNREFUSED/);
});

test("a server that does not answer is not waited for", async () => {
  let called = () => {};
  const isCalled = new Promise<void>((resolve) => {
    called = resolve;
  });
  const address = await serve((call) => call.once("data", () => called()));
  const stream = sendEvents(address);
  stream.event("{}");
  stream.end(true);
  await isCalled;
  stream.close();
  await stream.done;
});
