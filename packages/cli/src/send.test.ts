import { once } from "node:events";
import { createServer, globalAgent, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer, text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { send } from "./send.ts";

let server: Server;
let url: string;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    if (request.url === "/moved") return response.writeHead(307, { location: "/here" }).end();
    if (request.url === "/nothing") return response.writeHead(200, { "content-length": 0 }).end();
    const body = await buffer(request);
    response.writeHead(request.url === "/no" ? 404 : 200, { "X-Warning": "careful" });
    response.end(`${request.method} ${request.url} ${request.headers.authorization} ${body.toString("hex")}`);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

const headers = { authorization: "token t" };

test.each([
  ["a text", "é", "c3a9"],
  ["bytes", Uint8Array.of(0, 255), "00ff"],
])("sends %s, and has the answer as a text", async (_, body, hex) => {
  const answer = await send(`${url}/here`, { method: "PUT", headers, body });
  expect([answer.ok, answer.status, answer.headers.get("x-warning")]).toEqual([true, 200, "careful"]);
  expect(await answer.text()).toBe(`PUT /here token t ${hex}`);
});

test("has the answer as a stream", async () => {
  const { body } = await send(`${url}/here`, { method: "GET", headers });
  expect(body && (await text(body))).toBe("GET /here token t ");
});

test("an empty answer that nobody reads sets its connection free, which would keep the process from ending", async () => {
  const isFree = once(globalAgent, "free");
  const answer = await send(`${url}/nothing`, { method: "PUT", headers, body: "a" });
  expect([answer.ok, answer.body, await answer.text()]).toEqual([true, null, ""]);
  await isFree;
});

test("a refusal is an answer, and who is sent elsewhere goes there", async () => {
  const refused = await send(`${url}/no`, { method: "GET", headers });
  expect([refused.ok, refused.status, refused.headers.get("nothing")]).toEqual([false, 404, null]);
  const moved = await send(`${url}/moved`, { method: "POST", headers, body: "a" });
  expect(await moved.text()).toBe("POST /here token t 61");
});

test("a server that can't be reached is named, with the reason and what to do, without what may be secret", async () => {
  const sending = send("http://127.0.0.1:1/api?key=secret", { method: "GET", headers });
  await expect(sending).rejects.toThrow(
    /^http:\/\/127\.0\.0\.1:1 can't be reached: connect ECONNREFUSED [\d.:]+\. Look whether .* `quillon doctor` says more\.$/,
  );
});

test("an address with https, where nothing speaks TLS, is told as such", async () => {
  const sending = send(url.replace("http:", "https:"), { method: "GET", headers });
  await expect(sending).rejects.toThrow(
    /^https:\/\/[\d.:]+ can't be reached: what listens there does not speak TLS\. Is it http:\/\/127\.0\.0\.1:\d+\? /,
  );
});
