// A PostgreSQL of the tests' own: fresh cluster in a temporary folder, a free port on the loopback, gone at the end.
import { execFile, spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { chown, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const DEBIAN = "/usr/lib/postgresql";
/** PostgreSQL refuses to run as root; `nobody` exists on every Linux. */
const NOBODY = 65534;

/** Folder of the server's programs, newest first, or undefined when there is none. */
export function findPostgres() {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [...versions.map((version) => join(DEBIAN, version, "bin")), ...process.env.PATH.split(delimiter)];
  return folders.find((folder) => existsSync(join(folder, "initdb")) && existsSync(join(folder, "postgres")));
}

/**
 * Starts a server for tests. Nothing is relaxed that tests rely on: fsync stays on.
 *
 * @returns its URL, as a superuser, and a function that ends it and removes its files.
 */
export async function startPostgres(programs) {
  const folder = await mkdtemp(join(tmpdir(), "quillon-postgres-"));
  const user = process.getuid() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  if (user.uid) await chown(folder, user.uid, user.gid);
  const data = join(folder, "data");
  const options = { ...user, cwd: folder, env: { PATH: process.env.PATH, LC_ALL: "C.UTF-8" } };
  await run(join(programs, "initdb"), ["-D", data, "-U", "quillon", "--auth=trust", "-E", "UTF8"], options);
  const port = await freePort();
  const settings = ["-p", String(port), "-c", "listen_addresses=127.0.0.1", "-c", `unix_socket_directories=${folder}`];
  const server = spawn(join(programs, "postgres"), ["-D", data, ...settings, "-c", "max_connections=200"], {
    ...options,
    stdio: ["ignore", "ignore", "pipe"],
  });
  await saysReady(server);
  return {
    url: `postgres://quillon@127.0.0.1:${port}/postgres`,
    async stop() {
      const ended = new Promise((resolve) => server.once("exit", resolve));
      server.kill("SIGINT");
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function saysReady(server) {
  return new Promise((resolve, reject) => {
    let log = "";
    server.stderr.on("data", (text) => {
      log += text;
      if (log.includes("ready to accept connections")) resolve();
    });
    server.once("exit", (code) => reject(new Error(`PostgreSQL ended with ${code}:\n${log}`)));
  });
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
