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

test("/healthz and /readyz answer without a token", async () => {
  expect(await status("/healthz")).toBe(200);
  expect(await status("/readyz")).toBe(200);
});

test("a route that is not there is a 404 in the CLI's form, also with a token", async () => {
  const headers = { authorization: `token ${world.adminToken}` };
  const answer = await fetch(`${world.server.url}/api/esc/environments/acme`, { headers });
  expect(answer.status).toBe(404);
  expect(await answer.json()).toMatchObject({ code: 404, id: "route_not_found" });
});

test("a second server on the same folder refuses to start, and says who holds it", async () => {
  const second = new Server(world.server.dataDir, world.server.env);
  const refusal = second.start();
  await expect(refusal).rejects.toThrow(/ended with 1$/);
  await expect(refusal).rejects.toThrow(world.server.dataDir);
  await expect(refusal).rejects.toThrow(/\b(process|pid) \d+/i);
  expect(await status("/readyz")).toBe(200);
});

test.each(["SIGTERM", "SIGINT"] as const)("%s ends the server with 0, and the next one goes on", async (signal) => {
  expect(await world.server.stop(signal)).toMatchObject({ code: 0 });
  await world.server.start();
  expect(await world.admin.ok("pulumi whoami")).toBe("admin\n");
});

test("the token is shown once, and never again", async () => {
  await world.server.stop();
  await world.server.start();
  const { all } = await world.server.stop();
  expect(all).toMatch(/^Quillon listens on \S+\n$/);
  await world.server.start();
});

test("a killed server leaves no lock behind", async () => {
  await world.server.kill();
  await world.server.start();
  expect(await world.admin.ok("pulumi whoami")).toBe("admin\n");
});

test("a server whose master key differs refuses to start", async () => {
  await world.server.stop();
  const other = Buffer.alloc(32, 7).toString("base64");
  const stranger = new Server(world.server.dataDir, { ...world.server.env, QUILLON_MASTER_KEY: other });
  await expect(stranger.start()).rejects.toThrow(/master key/i);
  await world.server.start();
});
