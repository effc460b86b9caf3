import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../tools/free-port.ts";
import type { Command } from "./harness/command.ts";
import { hasNginx, runNginx } from "./harness/nginx.ts";

/** In place of a Quillon server, because what nginx makes of an answer is tried, and a real one is not ready for a moment only. */
async function answering(status: number): Promise<Server> {
  const server = createServer((request, response) =>
    request.resume().on("end", () => response.writeHead(status).end()),
  );
  await once(server.listen(0, "127.0.0.1"), "listening");
  return server;
}

const addressOf = (server: Server) => `127.0.0.1:${(server.address() as AddressInfo).port}`;

describe.skipIf(!hasNginx)("two servers behind nginx as deploy/nginx.conf has it", () => {
  let dir: string;
  let ready: Server;
  let other: Server;
  let nginx: Command;
  let url: string;
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), "quillon-nginx-"));
    [ready, other] = [await answering(200), await answering(503)];
    const address = `127.0.0.1:${await freePort()}`;
    url = `http://${address}`;
    const text = readFileSync(new URL("../deploy/nginx.conf", import.meta.url), "utf8")
      .replace("127.0.0.1:8080", addressOf(ready))
      .replace("127.0.0.1:8081", addressOf(other))
      .replace("listen 443 ssl", `listen ${address}`)
      .replace(/ssl_.*;/g, "");
    nginx = await runNginx(join(dir, "nginx"), text);
  });
  afterAll(() => {
    nginx?.signal("SIGKILL");
    ready?.close();
    other?.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const statuses = async (method: string) => {
    const found: number[] = [];
    for (let sent = 0; sent < 10; sent += 1)
      found.push((await fetch(url, { method, ...(method !== "GET" && { body: '{"a":1}' }) })).status);
    return found;
  };

  test.each(["GET", "POST", "PATCH"])("every %s is answered while one of them is not ready", async (method) => {
    expect(await statuses(method)).toEqual(Array.from({ length: 10 }, () => 200));
  });

  test("every request is answered while one of them does not run", async () => {
    other.closeAllConnections();
    await new Promise((closed) => other.close(closed));
    for (const method of ["GET", "POST"]) expect(await statuses(method)).toEqual(Array.from({ length: 10 }, () => 200));
  });
});
