import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { repositoryDir } from "../toolchain-paths.mjs";
import { DemoError } from "./shell.mjs";

const program = join(repositoryDir, "packages", "cli", "dist", "quillon.js");

/** `quillon server` on a fresh embedded database and a free port, whatever the user's own settings are. */
export async function startServer(data) {
  console.log("  A server on a fresh embedded database: quillon server --data DIR --listen 127.0.0.1:0");
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("QUILLON_")));
  // In a process group of its own, for Ctrl-C reaches a whole group, and it is we who tell the server.
  const child = spawn(process.execPath, [program, "server", "--data", data, "--listen", "127.0.0.1:0"], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const closed = once(child, "close");
  const printed = await printedUntil(child, /^Made user .*\n/m);
  return {
    closed,
    url: /^Quillon listens on (\S+)$/m.exec(printed)[1],
    token: /token, shown this once: (\S+)/.exec(printed)[1],
    async stop() {
      child.kill("SIGTERM");
      await closed;
    },
  };
}

function printedUntil(child, pattern) {
  return new Promise((resolve, reject) => {
    let printed = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => {
        printed += text;
        if (pattern.test(printed)) resolve(printed);
      });
    }
    child.once("close", (code) => reject(new DemoError(`quillon server ended with ${code}:\n${printed}`)));
  });
}
