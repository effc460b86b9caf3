import { once } from "node:events";
import { type AddressInfo, connect, type Socket } from "node:net";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import type { FastifyRequest } from "fastify";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { person } from "../testing/people.ts";
import { newStack, sendText } from "../testing/stack.ts";
import { RawReply } from "./route.ts";
import { boundStreams, type ReplyTimes } from "./slow-reply.ts";

/** Much more than the buffers of a connection. */
const SIZE = 20_000_000;
const TIMES: ReplyTimes = { stalledMs: 60_000, patienceMs: 30_000, wantedMs: 20_000 };

describe.each(engines.slice(0, 1))("a reply that its client does not take", (engine) => {
  const apps: TestApp[] = [];
  const sockets: Socket[] = [];
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
  });
  afterAll(() => Promise.all(apps.map((app) => app.close())));

  async function listen(times: Partial<ReplyTimes>): Promise<TestApp> {
    const t = await startApp(engine, {}, { replyTimes: { ...TIMES, ...times } });
    apps.push(t);
    return t;
  }

  /** @returns the path of an export that is large. */
  async function largeExport(t: TestApp): Promise<string> {
    const { path } = await newStack(t);
    const state = { version: 3, deployment: { resources: [{ text: "x".repeat(SIZE) }] } };
    expect((await sendText(t, `POST ${path}/import`, JSON.stringify(state))).status).toBe(200);
    return `${path}/export`;
  }

  /** Both ends of a connection. */
  async function open(t: TestApp): Promise<{ client: Socket; server: Socket }> {
    const client = connect((t.app.server.address() as AddressInfo).port, "127.0.0.1").on("error", () => {});
    sockets.push(client);
    const [server] = await once(t.app.server, "connection");
    return { client, server };
  }

  /** Both ends of a connection on which a request was sent. */
  async function ask(t: TestApp, path: string): Promise<{ client: Socket; server: Socket }> {
    const { client, server } = await open(t);
    const headers = ["host: x", `authorization: token ${t.token}`, "connection: close"];
    client.write(`GET ${path} HTTP/1.1\r\n${headers.join("\r\n")}\r\n\r\n`);
    return { client, server };
  }

  test("ends with its connection", async () => {
    const t = await listen({ stalledMs: 200 });
    const path = await largeExport(t);
    await t.app.listen({ host: "127.0.0.1", port: 0 });
    const { client, server } = await ask(t, path);
    await once(client, "readable");
    await once(server, "close");
  });

  test("is not one that the server takes long to make", async () => {
    const t = await listen({ stalledMs: 200 });
    let made: Promise<unknown> | undefined;
    t.app.addHook("preHandler", async () => {
      await made;
    });
    await t.app.listen({ host: "127.0.0.1", port: 0 });
    const { client, server } = await ask(t, "/api/user");
    made = once(server, "timeout");
    expect(await text(client)).toContain("HTTP/1.1 200");
  });

  test("is one of at most 16 that are streamed to one caller", async () => {
    const t = await listen({ patienceMs: 200 });
    const path = await largeExport(t);
    await t.app.listen({ host: "127.0.0.1", port: 0 });
    const clients: Socket[] = [];
    for (let count = 0; count < 17; count += 1) clients.push((await ask(t, path)).client);
    const began = await Promise.all(
      clients.map(async (client) => {
        await once(client, "readable");
        return String(client.read("HTTP/1.1 200".length));
      }),
    );
    expect(began.filter((line) => line === "HTTP/1.1 200")).toHaveLength(16);
    expect(began.filter((line) => line === "HTTP/1.1 503")).toHaveLength(1);
    expect((await t.send("GET /api/user")).status).toBe(200);
  });

  test("is one of those of a caller that are whole in memory, which are bounded", async () => {
    const t = await listen({});
    t.app.addHook("preHandler", async ({ url }, reply) => {
      if (url === "/api/user?large") await reply.send("x".repeat(SIZE));
    });
    await t.app.listen({ host: "127.0.0.1", port: 0 });
    const answers: Socket[] = [];
    const next = async () => {
      const { client } = await ask(t, "/api/user?large");
      answers.push(client);
      await once(client, "readable");
      return String(client.read("HTTP/1.1 200".length));
    };
    for (let count = 0; count < 3; count += 1) expect(await next()).toBe("HTTP/1.1 200");
    expect(await next()).toBe("HTTP/1.1 503");
    expect((await t.send("GET /api/user")).status).toBe(200);
    expect((await t.send("GET /api/user?large", undefined, { as: await person(t, "other") })).status).toBe(200);
    const [first] = answers;
    first?.resume();
    await once(first as Socket, "close");
    expect(await next()).toBe("HTTP/1.1 200");
  });

  test("keeps nobody for long from sending a large body", async () => {
    const t = await listen({ wantedMs: 500 });
    const { path } = await newStack(t);
    await t.app.listen({ host: "127.0.0.1", port: 0 });
    const body = JSON.stringify({ plaintexts: Array(1_000).fill(Buffer.alloc(SIZE / 1_000).toString("base64")) });
    for (const name of ["one", "two"]) {
      const { client } = await open(t);
      const as = await person(t, name, "admin");
      client.write(`POST ${path}/batch-encrypt HTTP/1.1\r\nhost: x\r\nauthorization: ${as}\r\n`);
      client.write(`content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
      await once(client, "readable");
    }
    const state = { version: 3, deployment: { resources: [], note: "x".repeat(9_000_000) } };
    expect((await t.send(`POST ${path}/import`, state)).status).toBe(200);
  });
});

describe("replies to who has a signed URL", () => {
  const requestFrom = (ip: string) =>
    ({ ctx: {}, ip, socket: {}, over: new AbortController() }) as unknown as FastifyRequest;
  const mayStream = boundStreams({ ...TIMES, patienceMs: 1 });
  let opened = 0;
  const open = async () => {
    opened += 1;
    return Readable.from(["archive"]);
  };
  const ask = (ip: string) => mayStream(requestFrom(ip), new RawReply(open, {}));

  test("wait for those of the same address alone, and open nothing meanwhile", async () => {
    for (let count = 0; count < 16; count += 1) await ask("192.0.2.1");
    await expect(ask("192.0.2.1")).rejects.toMatchObject({ id: "server_busy" });
    expect(opened).toBe(16);
    expect(await ask("192.0.2.2")).toBeInstanceOf(Readable);
  });
});
