import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { hasNamespaces } from "./own-network.ts";
import type { Server } from "./server.ts";
import type { Terminal } from "./terminal.ts";

const nowhere = "http://127.0.0.1:1";
const noNetwork = {
  npm_config_registry: nowhere,
  http_proxy: nowhere,
  https_proxy: nowhere,
  HTTP_PROXY: nowhere,
  HTTPS_PROXY: nowhere,
  no_proxy: "127.0.0.1",
  NO_PROXY: "127.0.0.1",
};

const relay = `require("node:net").createServer((from) => {
  const to = require("node:net").connect(process.env.RELAY_SOCKET);
  from.pipe(to).pipe(from);
  from.on("error", () => to.destroy());
  to.on("error", () => from.destroy());
}).listen(Number(process.env.RELAY_PORT), "127.0.0.1", () => console.log("ready"));`;

/**
 * The same person at a machine without a network: of all that is outside, it reaches only the Quillon server, which is at the
 * address where it was. A socket that is a file connects the two. Where no namespace can be made, which is less, registries and proxies
 * are addresses on which nobody listens.
 */
export async function cutOff(terminal: Terminal, server: Server): Promise<{ terminal: Terminal; close(): void }> {
  if (!hasNamespaces()) return { terminal: terminal.with(noNetwork), close() {} };
  const { port } = new URL(server.url);
  const socket = join(terminal.dir, `server-${port}.sock`);
  const outside = createServer((from) => {
    const to = connect(Number(port), "127.0.0.1");
    from.pipe(to).pipe(from);
    from.on("error", () => to.destroy());
    to.on("error", () => from.destroy());
  });
  await once(outside.listen(socket), "listening");
  const inside = spawn("unshare", ["--net", "sh", "-c", 'ip link set lo up && exec node -e "$RELAY"'], {
    env: { ...terminal.env, RELAY: relay, RELAY_PORT: port, RELAY_SOCKET: socket },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [ready] = await Promise.race([once(inside.stdout, "data"), once(inside, "close")]);
  if (!String(ready).includes("ready")) throw new Error(`There is no network namespace: ${ready}`);
  return {
    terminal: terminal.under(["nsenter", "--target", String(inside.pid), "--net"]),
    close() {
      inside.kill("SIGKILL");
      outside.close();
    },
  };
}
