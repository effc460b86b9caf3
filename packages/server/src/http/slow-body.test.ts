import { once } from "node:events";
import { type AddressInfo, connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import type { FastifyRequest } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { PACKS, publication } from "../testing/pack.ts";
import { boundUploads } from "./body.ts";

describe.each(engines.slice(0, 1))("a body that is refused before its end", (engine) => {
  let t: TestApp;
  let socket: Socket;
  beforeAll(async () => {
    t = await startApp(engine, { json: 1_000, archive: 1_000 });
    await t.app.listen({ host: "127.0.0.1", port: 0 });
    socket = connect((t.app.server.address() as AddressInfo).port, "127.0.0.1").setEncoding("utf8");
  });
  afterAll(async () => {
    socket.destroy();
    await t.close();
  });

  const head = (request: string, ...headers: string[]) =>
    `${[`${request} HTTP/1.1`, "host: x", `authorization: token ${t.token}`, ...headers].join("\r\n")}\r\n\r\n`;

  const upload = async () => {
    const { uploadURI } = (await t.send(`POST ${PACKS}`, publication("large", "1.0.0"))).body;
    const { pathname, search } = new URL(uploadURI);
    return `PUT ${pathname}${search}`;
  };

  test.each([
    { what: "of JSON", request: async () => "POST /api/orgs/acme/users", type: "application/json" },
    { what: "of an archive", request: upload, type: "application/gzip" },
  ])("one $what is read to its end, so the next request on its connection is answered", async ({ request, type }) => {
    const chunk = "x".repeat(100_000);
    const chunked = `${chunk.length.toString(16)}\r\n${chunk}\r\n`;
    socket.write(head(await request(), `content-type: ${type}`, "transfer-encoding: chunked"));
    socket.write(chunked);
    expect(String((await once(socket, "data"))[0])).toContain("HTTP/1.1 413");
    for (let count = 0; count < 20; count += 1) socket.write(chunked);
    socket.write("0\r\n\r\n");
    socket.write(head("GET /healthz"));
    expect(String((await once(socket, "data"))[0])).toContain("HTTP/1.1 200");
  });
});

describe.each(engines.slice(0, 1))("an upload that comes too slowly", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine, {}, { bodyTimes: { checkEveryMs: 50, graceMs: 0, drainMs: 50 } });
    await t.app.listen({ host: "127.0.0.1", port: 0 });
  });
  afterAll(() => t.close());

  test.each(["application/gzip", "application/json"])("as %s ends with its connection", async (type) => {
    const tag = type.replace("/", "-");
    const { uploadURI } = (await t.send(`POST ${PACKS}`, publication("slow", tag))).body;
    const { pathname, search } = new URL(uploadURI);
    const socket = connect((t.app.server.address() as AddressInfo).port, "127.0.0.1").on("error", () => {});
    socket.write(
      `PUT ${pathname}${search} HTTP/1.1\r\nhost: x\r\ncontent-type: ${type}\r\ncontent-length: 100\r\n\r\nx`,
    );
    await once(socket, "close");
  });
});

describe.each(engines.slice(0, 1))("a body that comes too slowly", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    // Without a grace time, the rest of a body is too slow as soon as it is looked for.
    t = await startApp(engine, {}, { bodyTimes: { checkEveryMs: 50, graceMs: 0, drainMs: 50 } });
    await t.app.listen({ host: "127.0.0.1", port: 0 });
  });
  afterAll(() => t.close());

  test.each([
    ["of a known length", "content-length: 100", ""],
    ["in chunks", "transfer-encoding: chunked", ""],
    ["in chunks, of which one came", "transfer-encoding: chunked", "1\r\n{\r\n"],
    ["that is gzipped", "content-encoding: gzip\r\ncontent-length: 100", ""],
  ])("is refused with 408, and its connection closed: one %s", async (_, header, begin) => {
    const socket = connect((t.app.server.address() as AddressInfo).port, "127.0.0.1");
    const headers = ["host: x", `authorization: token ${t.token}`, "content-type: application/json", header];
    socket.write(`POST /api/orgs/acme/users HTTP/1.1\r\n${headers.join("\r\n")}\r\n\r\n${begin}`);
    const answer = await text(socket);
    const [head = "", body = ""] = answer.split("\r\n\r\n");
    expect(head).toContain("HTTP/1.1 408");
    expect(JSON.parse(body)).toMatchObject({ code: 408, id: "body_too_slow", message: expect.stringMatching(/./) });
  });
});

test("of bodies that are stored as they come, one caller sends eight at once", async () => {
  const mayUpload = boundUploads(1);
  const requestFrom = (ip: string, raw?: string) => {
    const over = new AbortController();
    const request = { ctx: {}, ip, socket: {}, over, routeOptions: { config: { route: { raw } } } };
    return request as unknown as FastifyRequest;
  };
  const first = requestFrom("192.0.2.1", "stream");
  await mayUpload(first);
  for (let count = 1; count < 8; count += 1) await mayUpload(requestFrom("192.0.2.1", "stream"));
  await expect(mayUpload(requestFrom("192.0.2.1", "stream"))).rejects.toMatchObject({ id: "server_busy" });
  await mayUpload(requestFrom("192.0.2.1"));
  await mayUpload(requestFrom("192.0.2.2", "stream"));
  first.over.abort();
  await mayUpload(requestFrom("192.0.2.1", "stream"));
});
