import * as http2 from "node:http2";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import * as grpc from "@grpc/grpc-js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AnalyzeRequestSchema, Analyzer, AnalyzerInfoSchema } from "../gen/pulumi/analyzer_pb.js";
import type { Call } from "./call.ts";
import { escapeMessage, type Listening, MAX_MESSAGE_BYTES, parseTimeout, serve } from "./serve.ts";
import { bindService, type Implementation } from "./service.ts";
import { RpcError, Status } from "./status.ts";

// grpc-js, a client that is not ours, is the judge of what the server sends.

let server: Listening;
let client: grpc.Client;
const waiting = new Map<string, (call: Call) => void>();
const refuse = () => Promise.reject(new Error("not asked for"));

const implementation: Implementation<typeof Analyzer.method> = {
  handshake: () => refuse(),
  configureStack: () => refuse(),
  getPluginInfo: () => refuse(),
  configure: () => refuse(),
  remediate: () => refuse(),
  analyzeStack: () => refuse(),
  cancel: () => refuse(),
  getAnalyzerInfo: () => ({ name: "pack" }),
  analyze: (request, call) => {
    if (request.type === "wait") return new Promise((_, reject) => hang(request.name, call, reject));
    if (request.type === "echo") return { diagnostics: [{ message: `${request.properties?.length}` }] };
    throw request.type === "coded" ? new RpcError(Status.INVALID_ARGUMENT, "schön\n%") : new Error(" boom ");
  },
};

function hang(name: string, call: Call, reject: (error: unknown) => void): void {
  waiting.get(name)?.(call);
  const poll = setInterval(() => {
    try {
      call.check();
    } catch (error) {
      clearInterval(poll);
      reject(error);
      waiting.get(`${name} stopped`)?.(call);
    }
  }, 5);
}

const signal = (name: string) => new Promise<Call>((resolve) => waiting.set(name, resolve));

beforeAll(async () => {
  const methods = bindService(Analyzer, implementation);
  methods.delete("/pulumirpc.Analyzer/Handshake");
  server = await serve({
    methods,
    admit: (bytes) => {
      if (bytes === 1_005) throw new RpcError(Status.RESOURCE_EXHAUSTED, "1,000 bytes are not wanted.");
    },
  });
  client = new grpc.Client(`127.0.0.1:${server.port}`, grpc.credentials.createInsecure(), {
    "grpc.max_send_message_length": -1,
  });
});

afterAll(async () => {
  client.close();
  await server.close();
});

function send(method: string, bytes: Uint8Array, options: grpc.CallOptions = {}) {
  let call: grpc.ClientUnaryCall | undefined;
  const answer = new Promise<Uint8Array>((resolve, reject) => {
    call = client.makeUnaryRequest(
      `/pulumirpc.Analyzer/${method}`,
      (message: Uint8Array) => Buffer.from(message),
      (message: Buffer) => message,
      bytes,
      new grpc.Metadata(),
      options,
      (error, value) => (error || !value ? reject(error) : resolve(value)),
    );
  });
  return { answer, cancel: () => call?.cancel() };
}

const request = (type: string, more: { name?: string; properties?: Uint8Array } = {}) =>
  toBinary(AnalyzeRequestSchema, create(AnalyzeRequestSchema, { type, ...more }));

test("an answer", async () => {
  const info = fromBinary(AnalyzerInfoSchema, await send("GetAnalyzerInfo", new Uint8Array()).answer);
  expect(info.name).toBe("pack");
});

test.each([
  ["an error with a code", "Analyze", () => request("coded"), { code: 3, details: "schön\n%" }],
  ["any other error", "Analyze", () => request("other"), { code: 2, details: " boom " }],
  ["a method nobody serves", "Handshake", () => new Uint8Array(), { code: 12 }],
  ["bytes that are no message", "Analyze", () => new Uint8Array([0xff, 0xff]), { code: 3 }],
  ["a size that is not admitted", "Analyze", () => new Uint8Array(1_000), { code: 8 }],
])("%s", async (_, method, bytes, wanted) => {
  await expect(send(method, bytes()).answer).rejects.toMatchObject(wanted);
  await send("GetAnalyzerInfo", new Uint8Array()).answer;
});

test("a message of many frames arrives whole, others pass it by", async () => {
  const big = send("Analyze", request("echo", { properties: new Uint8Array(100 * 1024 * 1024) })).answer;
  await Promise.all(Array.from({ length: 50 }, () => send("GetAnalyzerInfo", new Uint8Array()).answer));
  expect(Buffer.from(await big).toString()).toContain(String(100 * 1024 * 1024));
});

test("a deadline ends the call on both sides", async () => {
  const stopped = signal("late stopped");
  const { answer } = send("Analyze", request("wait", { name: "late" }), { deadline: Date.now() + 500 });
  await expect(answer).rejects.toMatchObject({ code: 4 });
  const call = await stopped;
  expect(() => call.check()).toThrow();
});

test("a cancel stops the handler", async () => {
  const started = signal("gone");
  const stopped = signal("gone stopped");
  const { answer, cancel } = send("Analyze", request("wait", { name: "gone" }));
  await started;
  cancel();
  await expect(answer).rejects.toMatchObject({ code: 1 });
  const call = await stopped;
  expect(() => call.check()).toThrow(/cancelled/);
});

test("a connection that breaks off stops its handlers, and the server lives", async () => {
  const started = signal("broken");
  const stopped = signal("broken stopped");
  const session = http2.connect(`http://127.0.0.1:${server.port}`);
  session.on("error", () => {});
  const stream = session.request({ ":method": "POST", ":path": "/pulumirpc.Analyzer/Analyze" });
  stream.on("error", () => {});
  stream.end(frame(request("wait", { name: "broken" })));
  await started;
  session.destroy();
  await stopped;
  await send("GetAnalyzerInfo", new Uint8Array()).answer;
});

test.each([
  ["a size over the limit", prefix(0, MAX_MESSAGE_BYTES + 1), "8"],
  ["a compressed message", prefix(1, 4), "12"],
  ["a message cut short", prefix(0, 4), "3"],
  ["more than a message", Buffer.concat([prefix(0, 1), Buffer.alloc(9)]), "3"],
  ["a prefix cut short", Buffer.from([0, 0]), "3"],
])("%s is refused", async (_, bytes, status) => {
  const session = http2.connect(`http://127.0.0.1:${server.port}`);
  const stream = session.request({ ":method": "POST", ":path": "/pulumirpc.Analyzer/Analyze" });
  const headers = new Promise<http2.IncomingHttpHeaders>((resolve) => stream.on("response", resolve));
  stream.on("error", () => {});
  stream.end(bytes);
  expect((await headers)["grpc-status"]).toBe(status);
  session.destroy();
});

function prefix(flag: number, size: number): Buffer {
  const bytes = Buffer.alloc(5, flag);
  bytes.writeUInt32BE(size, 1);
  return bytes;
}

function frame(message: Uint8Array): Buffer {
  return Buffer.concat([prefix(0, message.length), message]);
}

test.each([
  ["5S", 5_000],
  ["250m", 250],
  ["1u", 1],
  ["2H", 7_200_000],
  ["99999999H", undefined],
  ["soon", undefined],
  [undefined, undefined],
])("the grpc-timeout %s is %s milliseconds", (header, milliseconds) => expect(parseTimeout(header)).toBe(milliseconds));

test.each([
  ["100 % schön\n", "100 %25 sch%C3%B6n%0A"],
  [" ", "%20"],
  ["  a b ", "%20%20a b%20"],
  ["", ""],
])("the message %j is escaped", (message, header) => expect(escapeMessage(message)).toBe(header));

test("a long message is cut, and stays ASCII", () => {
  const header = escapeMessage(`${"ä".repeat(20_000)}\ud800`);
  expect(header).toMatch(/^[\x20-\x7e]+$/);
  expect(decodeURIComponent(header)).toHaveLength(16 * 1024 + 1);
});
