import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { send } from "./harness/api.ts";
import { buildGate, type Gate } from "./harness/gate.ts";
import { printedToken } from "./harness/printed-token.ts";
import { program } from "./harness/sources.ts";
import { type Exported, nameOf, resourcesOf } from "./harness/state.ts";
import type { Terminal } from "./harness/terminal.ts";
import { openWorld, type World } from "./harness/world.ts";

// One server for all tests. Each has a program and a stack of its own.

let world: World;
let tests = 0;
let gate: Gate;
let alice: Terminal;
let bob: Terminal;

const threePets = `
  const one = resource("one", { prefix: config.get("prefix") });
  const two = resource("two", {}, { dependsOn: one });
  resource("three", {}, { dependsOn: two });
`;

beforeAll(async () => {
  world = await openWorld();
});

beforeEach(async () => {
  tests += 1;
  gate = await buildGate(world, `gate-${tests}`);
  const dir = program(world, `pets-${tests}`, threePets);
  alice = world.admin.in(dir).with(gate.env);
  bob = world.person("bob", world.adminToken).in(dir).with({ PULUMI_STACK: "acme/dev" });
  await alice.ok("pulumi stack init acme/dev");
});

afterEach(() => gate.close());

afterAll(() => world.close());

const up = "exec pulumi up --yes --skip-preview";

/**
 * Pulumi's Automation API recognizes a conflict by this text:
 * https://github.com/pulumi/pulumi/blob/v3.220.0/sdk/go/auto/errors.go#L50
 */
const conflict = "[409] Conflict: Another update is currently in progress.";

/** Starts Alice's update and lets it continue until `operation` waits at the gate. */
async function runUntil(operation: string) {
  const running = alice.start(up);
  const first = await gate.reached("create one");
  if (operation === "create one") return { running, letThrough: first };
  first();
  return { running, letThrough: await gate.reached(operation) };
}

test("when the server is killed with kill -9 during an update, it keeps what it acknowledged, and the update continues after the restart", async () => {
  const { running, letThrough } = await runUntil("create two");
  await world.server.kill();
  await world.server.start();
  const { deployment } = await bob.json<Exported>("pulumi stack export");
  expect(deployment.resources?.map(nameOf)).toContain("one");
  expect(deployment.pending_operations?.map(({ resource }) => nameOf(resource))).toEqual(["two"]);

  gate.open();
  letThrough();
  const outcome = await running.outcome;
  expect(outcome.code, outcome.all).toBe(0);
  expect(await resourcesOf(bob)).toEqual(["one", "two", "three"]);
  expect(await bob.json("pulumi stack history --json")).toMatchObject([{ kind: "update", result: "succeeded" }]);
});

test("when server and client are killed with kill -9, the stack stays locked until pulumi cancel, and the next update continues from its state", async () => {
  alice = alice.with({ PULUMI_ENABLE_JOURNALING: "true" });
  const { running } = await runUntil("create two");
  running.signal("SIGKILL");
  await running.outcome;
  await world.server.kill();
  await world.server.start();
  expect(await resourcesOf(bob)).toEqual(["one"]);
  const { deployment } = await bob.json<Exported>("pulumi stack export");
  expect(deployment.pending_operations?.map(({ resource }) => nameOf(resource))).toEqual(["two"]);
  expect(await bob.fails(up)).toContain(conflict);

  await bob.ok("pulumi cancel --yes acme/dev");
  const next = await bob.ok(up);
  expect(next).toContain("+ 2 created");
  expect(await resourcesOf(bob)).toEqual(["one", "two", "three"]);
});

test("a second `pulumi up` or `pulumi destroy` on a stack that is being updated is refused, and a preview is allowed", async () => {
  const { running, letThrough } = await runUntil("create one");
  expect(await bob.fails(up)).toContain(conflict);
  expect(await bob.fails("pulumi destroy --yes --skip-preview")).toContain(conflict);
  await bob.ok("pulumi preview");

  gate.open();
  letThrough();
  expect((await running.outcome).code).toBe(0);
  expect(await bob.ok(up)).toContain("4 unchanged");
});

test("an update that was cancelled and lost its lease never writes to the state again", async () => {
  const { running, letThrough } = await runUntil("create two");
  await bob.ok("pulumi cancel --yes acme/dev");
  await bob.ok("pulumi config set prefix mine");
  await bob.ok(up);
  const mine = await bob.ok("pulumi stack export");

  gate.open();
  letThrough();
  const outcome = await running.outcome;
  expect(outcome.code).not.toBe(0);
  expect(await bob.ok("pulumi stack export")).toBe(mine);
  const history = await bob.json<{ result: string }[]>("pulumi stack history --json");
  expect(history.map(({ result }) => result)).toEqual(["succeeded", "failed"]);
});

test("Ctrl-C lets the current step finish, keeps its state and unlocks the stack", async () => {
  const { running, letThrough } = await runUntil("create two");
  running.signal("SIGINT");
  await running.prints(/\^C received; cancelling/);
  letThrough();
  const outcome = await running.outcome;
  expect(outcome.code, outcome.all).not.toBe(0);
  expect(await resourcesOf(bob)).toEqual(["one", "two"]);
  expect(await bob.ok(up)).toContain("+ 1 created");
});

test("pulumi cancel is refused when no update is running", async () => {
  expect(await bob.fails("pulumi cancel --yes acme/dev")).toContain("has never been updated");
  await bob.ok(up);
  expect(await bob.fails("pulumi cancel --yes acme/dev")).toContain("has already ended");
});

test("pulumi stack ls and pulumi stack history say that an update is in progress, with no negative time", async () => {
  const { running, letThrough } = await runUntil("create one");
  expect(await bob.ok("pulumi stack ls")).toMatch(/^dev\*?\s+in progress\s/m);
  const [listed] = await bob.json<{ updateInProgress: boolean }[]>("pulumi stack ls --json");
  expect(listed).toMatchObject({ updateInProgress: true });
  expect(await bob.ok("pulumi stack history")).toMatch(/took \d/);
  gate.open();
  letThrough();
  expect(await running.outcome).toMatchObject({ code: 0 });
  expect(await bob.ok("pulumi stack ls")).not.toContain("in progress");
});

test("the update of a member who is removed meanwhile stops, and writes nothing more", async () => {
  const token = await printedToken(world.admin, "quillon user add carol --org acme");
  const carol = world
    .person("carol", token)
    .in(alice.dir)
    .with({ ...gate.env, PULUMI_STACK: "acme/dev" });
  const running = carol.start(up);
  const letThrough = await gate.reached("create one");
  await send(world, "DELETE /api/orgs/acme/members/carol", {});
  gate.open();
  letThrough();
  const { code, all } = await running.outcome;
  expect(code).not.toBe(0);
  expect(all).toContain("the access with which it was started was taken away");
  expect(await resourcesOf(bob)).not.toContain("one");
  expect(await bob.ok("pulumi up --yes --skip-preview")).toContain("created");
});
