import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pinnedCli } from "../tools/toolchain/clis.ts";
import { example } from "./harness/sources.ts";
import { resourcesOf } from "./harness/state.ts";
import type { Terminal } from "./harness/terminal.ts";
import { consoleUrl, openWorld, type World } from "./harness/world.ts";

// What a new user does first, in this order. Each test needs the ones before it.

let world: World;
let alice: Terminal;
let inPack: Terminal;
let inProgram: Terminal;

beforeAll(async () => {
  world = await openWorld();
  alice = world.person("alice");
  inPack = alice.in(example(world, "packs/passwords"));
  inProgram = alice.in(example(world, "programs/passwords"));
});

afterAll(() => world.close());

test("the server prints its address and the first access token", async () => {
  await world.server.prints(/^Quillon listens on http:\/\/127\.0\.0\.1:\d+$/m);
  await world.server.prints(/^Made user admin and organization acme\. Access token, shown this once: qln_\S+$/m);
  expect(world.adminToken).toMatch(/^qln_\S{20,}$/);
});

test("pulumi login works with the first token, and pulumi whoami -v shows the user, the organization and the URL", async () => {
  const { url } = world.server;
  const login = await alice.with({ PULUMI_ACCESS_TOKEN: world.adminToken }).ok(`pulumi login ${url}`);
  expect(login).toContain(`Logged in to ${url} as admin (${consoleUrl}/admin)`);
  const whoami = await alice.ok("pulumi whoami -v");
  expect(whoami).toMatch(/^User: admin$/m);
  expect(whoami).toMatch(/^Organizations: .*\bacme\b/m);
  expect(whoami).toContain(`Backend URL: ${consoleUrl}/admin`);
});

test("pulumi policy publish acme publishes a pack and prints its permalink", async () => {
  const published = await inPack.ok("pulumi policy publish acme");
  expect(published.split("\n").map((line) => line.trim())).toEqual([
    "Obtaining policy metadata from policy plugin",
    expect.stringContaining("Compressing policy pack"),
    "Uploading policy pack to Pulumi service",
    'Publishing "passwords" - version 1.0.0 to "acme"',
    "",
    `Permalink: ${consoleUrl}/acme/insights/policypacks/passwords/1.0.0`,
    "",
  ]);
});

test("pulumi policy ls shows the pack, and pulumi policy group ls shows the default group", async () => {
  expect(await alice.ok("pulumi policy ls acme")).toMatch(/^passwords\s+1\.0\.0\s*$/m);
  const groups = await alice.ok("pulumi policy group ls acme");
  expect(groups).toMatch(/^default-policy-group\s+Y\s+0\s+0\s*$/m);
});

test("pulumi policy enable acme/passwords latest adds the pack to the default group", async () => {
  await alice.ok("pulumi policy enable acme/passwords latest");
  expect(await alice.ok("pulumi policy group ls acme")).toMatch(/^default-policy-group\s+Y\s+1\s+0\s*$/m);
});

test("pulumi stack init acme/dev adds the stack to the default group", async () => {
  await inProgram.ok("pulumi stack init acme/dev");
  expect(await alice.ok("pulumi policy group ls acme")).toMatch(/^default-policy-group\s+Y\s+1\s+1\s*$/m);
});

test("pulumi preview of a violating program fails and shows the violation", async () => {
  const preview = await inProgram.fails("pulumi preview");
  expect(preview).toContain("❌ passwords@v1.0.0");
  expect(preview).toContain(
    "[mandatory] [severity: high]  password-length  (random:index/randomPassword:RandomPassword: database)",
  );
  expect(preview).toContain("A password needs at least 16 characters, and this one gets 8.");
  expect(preview).toContain("error: preview failed");
});

test("pulumi up of a violating program fails, and nothing is created", async () => {
  expect(await inProgram.fails("pulumi up --yes")).toContain("[mandatory]");
  expect(await inProgram.fails("pulumi up --yes --skip-preview")).toContain("[mandatory]");
  expect(await resourcesOf(inProgram)).not.toContain("database");
});

test("pulumi up after the fix succeeds, and the state is on the server", async () => {
  await inProgram.ok("pulumi config set length 20");
  const up = await inProgram.ok("pulumi up --yes");
  expect(up).toContain("✅ passwords@v1.0.0");
  expect(up).toContain(`View Live: ${consoleUrl}/acme/passwords/dev/updates/`);
  expect(await resourcesOf(inProgram)).toContain("database");
});

test("pulumi stack export, history and output show the update", async () => {
  const { version, deployment } = await inProgram.json<{ version: number; deployment: object }>("pulumi stack export");
  expect({ version, deployment }).toMatchObject({
    version: 3,
    deployment: { manifest: { version: `v${pinnedCli.version}` } },
  });
  const history = await inProgram.json<{ kind: string; result: string }[]>("pulumi stack history --json");
  expect(history[0]).toMatchObject({ kind: "update", result: "succeeded", resourceChanges: { create: 1 } });
  expect(history.map(({ result }) => result)).toEqual(["succeeded", "failed"]);
  expect(await inProgram.ok("pulumi stack output passwordLength")).toBe("20\n");
});

test("pulumi destroy and pulumi stack rm remove the resources and the stack", async () => {
  await inProgram.ok("pulumi destroy --yes");
  expect(await resourcesOf(inProgram)).toEqual([]);
  expect(await inProgram.ok("pulumi stack rm --yes")).toContain("Stack 'dev' has been removed!");
  expect(await inProgram.ok("pulumi stack ls")).not.toMatch(/^dev/m);
});

test("after pulumi policy disable, a violating program passes", async () => {
  await alice.ok("pulumi policy disable acme/passwords");
  expect(await alice.ok("pulumi policy group ls acme")).toMatch(/^default-policy-group\s+Y\s+0\s+0\s*$/m);
  await inProgram.ok("pulumi stack init acme/free");
  const up = await inProgram.ok("pulumi up --yes --config length=8");
  expect(up).not.toContain("passwords@v1.0.0");
  expect(readFileSync(join(inProgram.dir, "Pulumi.free.yaml"), "utf8")).toMatch(/passwords:length: "?8"?/);
});
