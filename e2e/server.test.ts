import { afterAll, beforeAll, expect, test } from "vitest";
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
