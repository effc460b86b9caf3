import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { chown, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { Readable } from "node:stream";
import { promisify } from "node:util";
import { freePort } from "./free-port.ts";

const run = promisify(execFile);
const DEBIAN = "/usr/lib/postgresql";
/** PostgreSQL refuses to run as root. The user `nobody` exists on every Linux. */
const NOBODY = 65534;

/** @returns the folder of the newest PostgreSQL server's programs, or undefined when none is installed. */
export function findPostgres(): string | undefined {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : [];
  const onPath = (process.env.PATH ?? "").split(delimiter);
  const folders = [...versions.map((version) => join(DEBIAN, version, "bin")), ...onPath];
  return folders.find((folder) => existsSync(join(folder, "initdb")) && existsSync(join(folder, "postgres")));
}

export interface Postgres {
  /** As a superuser. */
  url: string;
  /** Ends every connection at once, as a crash does, and starts the server again on the same port. */
  restart(): Promise<void>;
  /** kill -9 of all its processes, and a start on the same port. */
  crash(): Promise<void>;
  /** Stops all its processes where they are: connections stay open, and nothing is answered. */
  freeze(): void;
  thaw(): void;
  /** Ends the server and removes its files. */
  stop(): Promise<void>;
}

/**
 * Starts a PostgreSQL server for tests: a fresh cluster in a temporary folder, on a free port of the loopback address.
 * It keeps the default durability settings (fsync), because tests rely on them.
 *
 * @param env more environment variables for the server.
 */
export async function startPostgres(programs: string, env: Record<string, string> = {}): Promise<Postgres> {
  const folder = await mkdtemp(join(tmpdir(), "quillon-postgres-"));
  const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : undefined;
  if (user) await chown(folder, user.uid, user.gid);
  const data = join(folder, "data");
  const options = { ...user, cwd: folder, env: { PATH: process.env.PATH, LC_ALL: "C.UTF-8" } };
  await run(join(programs, "initdb"), ["-D", data, "-U", "quillon", "--auth=trust", "-E", "UTF8"], options);
  const port = await freePort();
  const settings = ["-p", String(port), "-c", "listen_addresses=127.0.0.1", "-c", `unix_socket_directories=${folder}`];
  const start = async () => {
    const server = spawn(join(programs, "postgres"), ["-D", data, ...settings, "-c", "max_connections=200"], {
      ...options,
      env: { ...options.env, ...env },
      stdio: ["ignore", "ignore", "pipe"],
    });
    const ended = once(server, "exit");
    await saysReady(server, server.stderr);
    return { server, ended };
  };
  let running = await start();
  const end = async (signal: NodeJS.Signals) => {
    running.server.kill(signal);
    await running.ended;
  };
  return {
    url: `postgres://quillon@127.0.0.1:${port}/postgres`,
    async restart() {
      await end("SIGQUIT");
      running = await start();
    },
    async crash() {
      // Stopped first, so that it starts no process that is not in the list.
      signalAll(running.server.pid, "SIGSTOP");
      signalAll(running.server.pid, "SIGKILL");
      await running.ended;
      running = await startWhenFree(start);
    },
    freeze: () => signalAll(running.server.pid, "SIGSTOP"),
    thaw: () => signalAll(running.server.pid, "SIGCONT"),
    async stop() {
      await end("SIGINT");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The process and its children: a PostgreSQL server has one process for each connection. Linux lists them. */
function signalAll(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  const children = () => readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean);
  const known = children();
  process.kill(pid, signal);
  for (const child of signal === "SIGKILL" ? known : children()) process.kill(Number(child), signal);
}

/** A process that was killed keeps the memory that all of them share for a moment, and the next server refuses to start until then. */
async function startWhenFree<T>(start: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await start();
    } catch (error) {
      if (!/shared memory block|lock file .* already exists/.test(String(error))) throw error;
    }
  }
}

function saysReady(server: ChildProcess, stderr: Readable): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = "";
    stderr.on("data", (text) => {
      log += text;
      if (log.includes("ready to accept connections")) resolve();
    });
    server.once("exit", (code) => reject(new Error(`PostgreSQL ended with ${code}:\n${log}`)));
  });
}
