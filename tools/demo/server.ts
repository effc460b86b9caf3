import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { Failure } from "../failure.ts";
import { repositoryDir } from "../repository.ts";

const program = join(repositoryDir, "packages", "cli", "dist", "quillon.js");

export interface DemoServer {
  /** Resolves when the server has ended. */
  closed: Promise<unknown>;
  url: string;
  /** The first user's access token. */
  token: string;
  stop(): Promise<void>;
}

/** Starts `quillon server` on a fresh embedded database and a free port, without the user's own QUILLON_* settings. */
export async function startServer(data: string): Promise<DemoServer> {
  console.log("  A server on a fresh embedded database: quillon server --data DIR --listen 127.0.0.1:0");
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("QUILLON_")));
  // Ctrl-C goes to a whole process group. The server is in another one, because the demo ends it itself, at the end.
  const child = spawn(process.execPath, [program, "server", "--data", data, "--listen", "127.0.0.1:0"], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const closed = once(child, "close");
  const printed = await printedUntil(child, /^Made user .*\n/m);
  return {
    closed,
    url: found(/^Quillon listens on (\S+)$/m, printed),
    token: found(/token, shown this once: (\S+)/, printed),
    async stop() {
      child.kill("SIGTERM");
      await closed;
    },
  };
}

function found(pattern: RegExp, printed: string): string {
  const [, word] = pattern.exec(printed) ?? [];
  if (word === undefined) {
    throw new Failure(`quillon server did not print what the demo looks for, ${pattern}:\n${printed}`);
  }
  return word;
}

function printedUntil(child: ChildProcessByStdio<null, Readable, Readable>, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        printed += text;
        if (pattern.test(printed)) resolve(printed);
      });
    }
    child.once("close", (code) => reject(new Failure(`quillon server ended with ${code}:\n${printed}`)));
  });
}
