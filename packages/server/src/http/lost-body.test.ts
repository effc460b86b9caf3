import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { PACKS, publication } from "../testing/pack.ts";

describe.each(engines.slice(0, 1))("a client that closes its connection in the middle of a body", (engine) => {
  let t: TestApp;
  let answered: (body: string) => void = () => {};
  const errors: string[] = [];
  beforeAll(async () => {
    t = await startApp(engine, {}, { logLevel: "error", logTo: { write: (line) => errors.push(line) } });
    t.app.addHook("onSend", async (_request, _reply, payload) => answered(String(payload)));
    t.app.addHook("preParsing", async ({ headers, raw }) => {
      if (headers["x-read"] === "when-left" && !raw.closed) await new Promise((left) => raw.once("close", left));
    });
    await t.app.listen({ host: "127.0.0.1", port: 0 });
  });
  afterAll(() => t.close());

  const half = "x".repeat(10_000);
  test.each<[what: string, request: string, headers: string[], body: Buffer | string]>([
    ["of JSON", "POST /api/stacks/acme/web", ["content-type: application/json"], `{"stackName":"${half}`],
    [
      "of gzip",
      "POST /api/stacks/acme/web",
      ["content-type: application/json", "content-encoding: gzip"],
      gzipSync(half),
    ],
    ["of an archive", "", [], half],
  ])("%s is no failure of the database", async (_, request, headers, body) => {
    const upload = async () => {
      const { uploadURI } = (await t.send(`POST ${PACKS}`, publication("halved", "1.0.0"))).body;
      const { pathname, search } = new URL(uploadURI);
      return `PUT ${pathname}${search}`;
    };
    const head = [
      `${request || (await upload())} HTTP/1.1`,
      "host: x",
      `authorization: token ${t.token}`,
      ...headers,
      "content-length: 100000",
      "expect: 100-continue",
    ];
    const answer = new Promise<string>((resolve) => {
      answered = resolve;
    });
    const socket = connect((t.app.server.address() as AddressInfo).port, "127.0.0.1");
    socket.write(`${head.join("\r\n")}\r\n\r\n`);
    await once(socket, "data");
    socket.write(body, () => socket.destroy());
    expect(JSON.parse(await answer)).toMatchObject({ code: 400, id: "body_incomplete" });
    expect(errors).toEqual([]);
  });

  test("whose client leaves before a whole body is read is no failure of the database", async () => {
    const answer = new Promise<string>((resolve) => {
      answered = resolve;
    });
    const socket = connect((t.app.server.address() as AddressInfo).port, "127.0.0.1");
    const head = [
      "POST /api/stacks/acme/web HTTP/1.1",
      "host: x",
      `authorization: token ${t.token}`,
      "x-read: when-left",
    ];
    const body = '{"stackName":"left"}';
    const sent = [...head, "content-type: application/json", `content-length: ${body.length}`].join("\r\n");
    socket.write(`${sent}\r\n\r\n${body}`, () => socket.destroy());
    expect(JSON.parse(await answer)).toMatchObject({ code: 400, id: "body_incomplete" });
    expect(errors).toEqual([]);
  });
});
