import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { freePort } from "../../tools/free-port.ts";
import { Command } from "./command.ts";
import type { World } from "./world.ts";

export const hasNginx = spawnSync("nginx", ["-v"]).status === 0;

/** The name of the cookie by which the service before nginx knows people here. */
export const PERSON = "person";

/**
 * An nginx before the world's server, as docs/guide/console.md has it: who is there is asked of a service, which here believes a cookie.
 * It ends with the world.
 */
export async function startNginx({ dir, server }: World): Promise<{ url: string; close(): void }> {
  const asked = await listen();
  const port = await freePort();
  const locations = guide()
    .replaceAll("127.0.0.1:4180", `127.0.0.1:${(asked.address() as AddressInfo).port}`)
    .replaceAll("127.0.0.1:8080", new URL(server.url).host);
  const nginx = await runNginx(join(dir, "nginx"), `server { listen 127.0.0.1:${port}; ${locations} }`);
  return {
    url: `http://127.0.0.1:${port}`,
    close() {
      nginx.signal("SIGKILL");
      asked.close();
    },
  };
}

/**
 * Runs nginx until it is signalled.
 *
 * @param own a folder that it makes for itself.
 * @param http what is in the block of that name.
 */
export async function runNginx(own: string, http: string): Promise<Command> {
  mkdirSync(own);
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((of) => `${of}_temp_path ${own}/${of};`);
  // Only root may choose another user, and nginx then warns. An ordinary user's nginx keeps theirs.
  writeFileSync(
    join(own, "nginx.conf"),
    `daemon off; user root; pid ${own}/pid; error_log stderr notice;
    events {}
    http { access_log off; ${temporary.join(" ")} ${http} }`,
  );
  const nginx = new Command(`exec nginx -e stderr -c '${own}/nginx.conf'`, {
    dir: own,
    env: { PATH: process.env.PATH ?? "" },
  });
  await nginx.prints(/start worker process \d/);
  return nginx;
}

/** What the guide says to write into nginx's configuration. */
function guide(): string {
  const text = readFileSync(new URL("../../docs/guide/console.md", import.meta.url), "utf8");
  const [, block] = /answers its `auth_request`:\n\n((?: {4}.*\n)+)/.exec(text) ?? [];
  if (!block) throw new Error("The guide has no configuration of nginx.");
  return block;
}

/** Answers `auth_request` with the login that is in the cookie, or that it does not know who is there. */
async function listen(): Promise<HttpServer> {
  const service = createServer(({ headers, url }, response) => {
    const [, login] = new RegExp(`\\b${PERSON}=([^;]+)`).exec(headers.cookie ?? "") ?? [];
    const known = url === "/oauth2/auth" && login !== undefined;
    response.writeHead(known ? 202 : 401, known ? { "x-auth-request-user": login } : {}).end();
  });
  await once(service.listen(0, "127.0.0.1"), "listening");
  return service;
}
