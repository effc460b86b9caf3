import type { lookup } from "node:dns";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { createServer as createTcpServer, type Server } from "node:net";
import { afterEach, expect, test } from "vitest";
import { Sender } from "./sender.ts";

const LOOPBACK = ["127.0.0.0/8", "::1"];
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ends.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** @returns its port, and how many requests it got. */
async function destination(answer: RequestListener) {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(request.url ?? "");
    answer(request, response);
  });
  const port = await listen(server);
  ends.push(() => server.closeAllConnections());
  return { port, seen };
}

function sender(options: Partial<ConstructorParameters<typeof Sender>[0]> = {}): Sender {
  const made = new Sender({ allowed: LOOPBACK, ...options });
  ends.push(() => made.close());
  return made;
}

/** A resolver that gives other addresses each time. */
function resolver(...answers: string[][]): typeof lookup {
  let at = 0;
  const resolve = (_: string, __: object, callback: (error: null, found: object[]) => void) => {
    const addresses = answers[Math.min(at++, answers.length - 1)] ?? [];
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
    );
  };
  return resolve as unknown as typeof lookup;
}

const post = (from: Sender, url: string) => from.post({ url, headers: { "x-a": "b" }, body: "hello" });

test("An answer is brought back with its code, headers and body", async () => {
  const { port } = await destination((_, response) => response.writeHead(201, { "x-c": "d" }).end("made"));
  const { answer } = (await post(sender(), `http://127.0.0.1:${port}/a`)) as never as {
    answer: Record<string, string>;
  };
  expect(answer).toMatchObject({ code: 201, body: "made" });
  expect(answer.headers).toContain("x-c: d");
});

test("A redirect is an answer, and is not followed", async () => {
  const { port, seen } = await destination((_, response) => response.writeHead(302, { location: "/inside" }).end());
  expect(await post(sender(), `http://127.0.0.1:${port}/a`)).toMatchObject({ answer: { code: 302 } });
  expect(seen).toEqual(["/a"]);
});

test("An endless answer is cut, and its connection ends", async () => {
  let ended = () => {};
  const closed = new Promise<void>((resolve) => {
    ended = resolve;
  });
  const { port } = await destination((_, response) => {
    response.once("close", ended);
    const more = () => {
      while (!response.destroyed && response.write("x".repeat(65_536)));
    };
    response.on("drain", more);
    more();
  });
  const { answer } = (await post(sender(), `http://127.0.0.1:${port}`)) as never as { answer: { body: string } };
  expect(answer.body.length).toBe(64 * 1024);
  await closed;
});

test.each([
  ["never answers", () => createTcpServer(() => {})],
  ["never ends its answer", () => createTcpServer((socket) => socket.write("HTTP/1.1 200 OK\r\n\r\nabc"))],
])("A destination that %s is given up after a time", async (_, make) => {
  const server = make();
  const port = await listen(server);
  server.on("connection", (socket) => ends.unshift(() => socket.destroy()));
  expect(await post(sender({ timeoutMs: 200 }), `http://127.0.0.1:${port}`)).toMatchObject({ problem: "slow" });
});

test("A destination that refuses the connection has failed, with its code", async () => {
  const server = createTcpServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  expect(await post(sender(), `http://127.0.0.1:${port}`)).toEqual({
    duration: expect.any(Number),
    problem: "failed",
    code: "ECONNREFUSED",
  });
});

test.each([
  "http://127.0.0.1:PORT",
  "http://2130706433:PORT",
  "http://0x7f.1:PORT",
  "http://0.0.0.0:PORT",
  "http://[::1]:PORT",
  "http://[::ffff:127.0.0.1]:PORT",
  "http://localhost:PORT",
  "http://169.254.169.254/latest/meta-data",
])("%s is not reached without the setting", async (url) => {
  const { port, seen } = await destination((_, response) => response.end());
  const outcome = await post(sender({ allowed: [] }), url.replace("PORT", String(port)));
  expect(outcome).toMatchObject({ problem: "blocked" });
  expect(seen).toEqual([]);
});

test("A name that has another address when it is connected to is not reached at that address", async () => {
  const { port, seen } = await destination((_, response) => response.end());
  const rebinding = sender({ allowed: ["127.0.0.2"], resolve: resolver(["127.0.0.2"], ["127.0.0.1"]), timeoutMs: 500 });
  // Nothing listens at the first address. The second request asks for the name again.
  expect(await post(rebinding, `http://rebind.test:${port}`)).toMatchObject({ problem: "failed" });
  expect(await post(rebinding, `http://rebind.test:${port}`)).toMatchObject({ problem: "blocked" });
  expect(seen).toEqual([]);
});

test("Of the addresses of a name only those are used that may be reached", async () => {
  const { port, seen } = await destination((_, response) => response.end());
  const mixed = sender({ allowed: ["127.0.0.1"], resolve: resolver(["10.0.0.1", "127.0.0.1", "::1"]) });
  expect(await post(mixed, `http://mixed.test:${port}/x`)).toMatchObject({ answer: { code: 200 } });
  expect(seen).toEqual(["/x"]);
});
