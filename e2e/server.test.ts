import { chmodSync, existsSync, mkdirSync } from "node:fs";
import { watch } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { quillonProgram } from "./harness/built.ts";
import { Command } from "./harness/command.ts";
import { printedToken } from "./harness/printed-token.ts";
import { Server } from "./harness/server.ts";
import { openWorld, type World } from "./harness/world.ts";

let world: World;

beforeAll(async () => {
  world = await openWorld();
});

afterAll(() => world.close());

async function status(path: string): Promise<number> {
  return (await fetch(`${world.server.url}${path}`)).status;
}

test("/healthz and /readyz need no token", async () => {
  expect(await status("/healthz")).toBe(200);
  expect(await status("/readyz")).toBe(200);
});

test("a route that does not exist returns a 404 in the form that the CLI reads", async () => {
  const headers = { authorization: `token ${world.adminToken}` };
  const response = await fetch(`${world.server.url}/api/esc/environments/acme`, { headers });
  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({ code: 404, id: "route_not_found" });
});

test("a second server on the same folder refuses to start and names the process that uses the folder", async () => {
  const second = new Server(world.server.dataDir, world.server.env);
  const refusal = second.start();
  await expect(refusal).rejects.toThrow(/ended with 1$/);
  await expect(refusal).rejects.toThrow(world.server.dataDir);
  await expect(refusal).rejects.toThrow(/\b(process|pid) \d+/i);
  expect(await status("/readyz")).toBe(200);
});

test.each(["SIGTERM", "SIGINT"] as const)(
  "%s ends the server with exit code 0, and it can start again",
  async (signal) => {
    expect(await world.server.stop(signal)).toMatchObject({ code: 0 });
    await world.server.start();
    expect(await world.admin.ok("pulumi whoami")).toBe("admin\n");
  },
);

test("a server that starts again does not print the first token", async () => {
  await world.server.stop();
  await world.server.start();
  const { all } = await world.server.stop();
  expect(all).toMatch(/^Quillon listens on \S+\n$/);
  await world.server.start();
});

test("a server starts on the folder of a server that was killed", async () => {
  await world.server.kill();
  await world.server.start();
  expect(await world.admin.ok("pulumi whoami")).toBe("admin\n");
});

test("a server with another master key refuses to start", async () => {
  await world.server.stop();
  const otherKey = Buffer.alloc(32, 7).toString("base64");
  const other = new Server(world.server.dataDir, { ...world.server.env, QUILLON_MASTER_KEY: otherKey });
  await expect(other.start()).rejects.toThrow(/master key/i);
  await world.server.start();
});

test("a lost token is replaced on the server's machine, while the server is stopped", async () => {
  const line = `quillon user token admin --data '${world.server.dataDir}'`;
  expect(await world.admin.fails(line)).toMatch(/in use by another Quillon server \(process \d+, listening on http/);
  await world.server.stop();
  const token = await printedToken(world.admin, line);
  await world.server.start();
  expect(await world.person("again", token).ok("pulumi whoami")).toBe("admin\n");
});

test("a first start that is told to end still shows the first token", async () => {
  const fresh = new Server(join(world.dir, "fresh"), world.server.env);
  const made = appears(join(world.dir, "fresh", "database"));
  const started = fresh.start().catch(() => {});
  await made;
  const { code, all } = await fresh.stop("SIGINT");
  await started;
  expect(code).toBe(0);
  const [, token = ""] = /shown this once: (\S+)/.exec(all) ?? [];
  await fresh.start();
  const answer = await fetch(`${fresh.url}/api/user`, { headers: { authorization: `token ${token}` } });
  expect(answer.status).toBe(200);
  await fresh.kill();
});

test("a folder that this user may not write to is refused with one sentence", async () => {
  const folder = join(world.dir, "foreign");
  mkdirSync(folder, { mode: 0o555 });
  // Permissions don't bind root.
  const asNobody = process.getuid?.() === 0 ? "exec setpriv --reuid=65534 --regid=65534 --clear-groups " : "exec ";
  chmodSync(world.dir, 0o755);
  const outcomeOf = (command: string) => {
    const line = `${asNobody}'${process.execPath}' '${quillonProgram}' ${command} --data '${folder}'`;
    return new Command(line, { dir: "/", env: world.server.env }).outcome;
  };
  const refused = {
    code: 1,
    all: `quillon: The data folder ${folder} can't be used: this user may not write there. Correct that, or choose another folder with --data (QUILLON_DATA).\n`,
  };
  expect(await outcomeOf("server --listen 127.0.0.1:0")).toMatchObject(refused);
  // Nobody would look for a database elsewhere because they may not see it.
  chmodSync(folder, 0o000);
  expect(await outcomeOf("backup /dev/null/quillon.backup")).toMatchObject(refused);
  chmodSync(folder, 0o755);
});

/** Waits until a file or folder exists. */
async function appears(path: string): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  for await (const _ of watch(dirname(path))) if (existsSync(path)) return;
}
