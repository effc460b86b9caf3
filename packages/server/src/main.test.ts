import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readSettings, startServer } from "./main.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "quillon-main-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const settings = (env: Record<string, string> = {}) =>
  readSettings({ data: join(folder, "data"), listen: "127.0.0.1:0" }, { QUILLON_LOG_LEVEL: "silent", ...env });

test("a request that is running when the server is told to end is answered, and its change is there after the next start", async () => {
  const server = await startServer(settings({ QUILLON_BOOTSTRAP_TOKEN: "given" }));
  const body = JSON.stringify({ stackName: "dev" });
  const socket = connect(Number(new URL(server.url).port), "127.0.0.1").setEncoding("utf8");
  const head = ["POST /api/stacks/acme/web HTTP/1.1", "host: x", "authorization: token given", "expect: 100-continue"];
  socket.write(`${[...head, "content-type: application/json", `content-length: ${body.length}`].join("\r\n")}\r\n\r\n`);
  // The server has taken the request and waits for its body.
  expect(String(await once(socket, "data"))).toContain("100 Continue");
  const closed = server.close();
  socket.write(body);
  expect(String(await once(socket, "data"))).toContain("HTTP/1.1 200 OK");
  await closed;

  const next = await startServer(settings());
  const answer = await fetch(`${next.url}/api/stacks/acme/web/dev`, { headers: { authorization: "token given" } });
  expect(await answer.json()).toMatchObject({ projectName: "web", stackName: "dev" });
  expect(next.bootstrapped).toBeUndefined();
  await next.close();
});

test("a database by URL needs a master key, because other servers would not have one made here", async () => {
  const databaseUrl = "postgres://nobody@127.0.0.1:1/none";
  await expect(startServer(settings({ QUILLON_DATABASE_URL: databaseUrl }))).rejects.toThrow(
    "needs QUILLON_MASTER_KEY",
  );
});

test("a database that belongs to another master key is refused and not changed", async () => {
  await (await startServer(settings())).close();
  const other = Buffer.alloc(32, 1).toString("base64");
  await expect(startServer(settings({ QUILLON_MASTER_KEY: other }))).rejects.toThrow("belongs to master key");
  await (await startServer(settings())).close();
});
