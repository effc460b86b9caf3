import { afterAll, beforeAll, expect, test } from "vitest";
import { program } from "./harness/sources.ts";
import type { Terminal } from "./harness/terminal.ts";
import { openWorld, type World } from "./harness/world.ts";

let world: World;

beforeAll(async () => {
  world = await openWorld({
    QUILLON_BOOTSTRAP_USER: "grace",
    QUILLON_BOOTSTRAP_ORG: "navy",
    QUILLON_BOOTSTRAP_TOKEN: "a-token-of-my-own-choice",
  });
});

afterAll(() => world.close());

function login(who: Terminal, token: string, line = `pulumi login ${world.server.url}`) {
  return who.with({ PULUMI_ACCESS_TOKEN: token }).run(line);
}

async function addUser(options: string): Promise<string> {
  const { code, stdout, all } = await world.admin.run(`quillon user add ${options}`);
  expect(code, all).toBe(0);
  expect(stdout).toMatch(/^\S+\n$/);
  return stdout.trim();
}

test("the first user, organization and token are the given ones, and a given token is not shown", async () => {
  const [line] = await world.server.prints(/^Made user .*$/m);
  expect(line).toBe("Made user grace and organization navy. The access token is the one given.");
  const whoami = await world.admin.ok("pulumi whoami -v");
  expect(whoami).toMatch(/^User: grace$/m);
  expect(whoami).toMatch(/^Organizations: .*\bnavy\b/m);
});

test("a wrong token is refused as the CLI knows it", async () => {
  const mallory = world.person("mallory");
  const { code, all } = await login(mallory, "qln_wrong");
  expect(code).not.toBe(0);
  expect(all).toContain("problem logging in: Unauthorized: No credentials provided or are invalid.");
  expect(await mallory.fails("pulumi whoami")).not.toContain("grace");
});

test("quillon user add prints a token that its owner logs in with", async () => {
  const token = await addUser("bob --org navy");
  const bob = world.person("bob");
  expect((await login(bob, token)).all).toMatch(/Logged in to \S+ as bob /);
  expect(await bob.ok("pulumi whoami")).toBe("bob\n");
  await bob.in(program(world, "pets", 'resource("rex");')).ok("pulumi stack init navy/dev");
  expect(await world.admin.ok("pulumi stack ls --all")).toMatch(/^navy\/pets\/dev\s/m);
});

test("quillon uses the Pulumi CLI's own login where no token is given", async () => {
  const carol = world.person("carol");
  await login(carol, await addUser("carol --org navy --role admin"));
  const { code, all } = await carol.run("quillon user add dave --org navy");
  expect(code, all).toBe(0);
  expect(all).toContain("Added dave to navy as member.");
});

test("a member may not add users, and nobody twice", async () => {
  const bob = world.person("bob");
  expect(await bob.fails("quillon user add eve --org navy")).toContain("You may not do this");
  expect(await world.admin.fails("quillon user add bob --org navy")).toContain("bob already is a member of navy.");
});

test("an organization that one is not in can't be told from one that does not exist", async () => {
  const told = (organization: string) => `[404] Organization ${organization} does not exist, or you are not in it.`;
  const bob = world.person("bob");
  expect(await bob.fails("pulumi policy ls nowhere")).toContain(told("nowhere"));
  expect(await bob.fails("pulumi policy group ls grace")).toContain(told("grace"));
});

test("pulumi logout forgets the token", async () => {
  const bob = world.person("bob");
  await bob.ok("pulumi logout");
  expect(await bob.with({ PULUMI_BACKEND_URL: world.server.url }).fails("pulumi whoami")).not.toBe("bob\n");
});
