import { afterAll, beforeAll, expect, test } from "vitest";
import { printedToken } from "./harness/printed-token.ts";
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

const addUser = (options: string) => printedToken(world.admin, `quillon user add ${options}`);

test("the first user, organization and token are those of the settings, and the server does not print the token", async () => {
  const [line] = await world.server.prints(/^Made user .*$/m);
  expect(line).toBe("Made user grace and organization navy. The access token is the one given.");
  const whoami = await world.admin.ok("pulumi whoami -v");
  expect(whoami).toMatch(/^User: grace$/m);
  expect(whoami).toMatch(/^Organizations: .*\bnavy\b/m);
});

test("pulumi login with a wrong token is refused with the CLI's usual message", async () => {
  const mallory = world.person("mallory");
  const { code, all } = await login(mallory, "qln_wrong");
  expect(code).not.toBe(0);
  expect(all).toContain("problem logging in: Unauthorized: No credentials provided or are invalid.");
  expect(await mallory.fails("pulumi whoami")).not.toContain("grace");
});

test("quillon user add prints a token, with which the new user logs in and makes a stack", async () => {
  const token = await addUser("bob --org navy");
  const bob = world.person("bob");
  expect((await login(bob, token)).all).toMatch(/Logged in to \S+ as bob /);
  expect(await bob.ok("pulumi whoami")).toBe("bob\n");
  await bob.in(program(world, "pets", 'resource("rex");')).ok("pulumi stack init navy/dev");
  expect(await world.admin.ok("pulumi stack ls --all")).toMatch(/^navy\/pets\/dev\s/m);
});

test("pulumi policy ls and pulumi policy group ls without an organization show the default one", async () => {
  const bob = world.person("bob");
  expect(await bob.ok("pulumi policy group ls")).toMatch(/^default-policy-group\s/m);
  await bob.ok("pulumi policy ls");
});

test("quillon uses the Pulumi CLI's login when no token is given", async () => {
  const carol = world.person("carol");
  await login(carol, await addUser("carol --org navy --role admin"));
  const { code, all } = await carol.run("quillon user add dave --org navy");
  expect(code, all).toBe(0);
  expect(all).toContain("Added dave to navy as member.");
});

test("quillon user add is refused to a member, and for a user who is already a member", async () => {
  const bob = world.person("bob");
  expect(await bob.fails("quillon user add eve --org navy")).toContain("You may not do this");
  expect(await world.admin.fails("quillon user add bob --org navy")).toContain("bob already is a member of navy.");
});

test("the error for an organization that the user is not in is the same as for one that does not exist", async () => {
  const notFound = (organization: string) => `[404] Organization ${organization} does not exist, or you are not in it.`;
  const bob = world.person("bob");
  expect(await bob.fails("pulumi policy ls nowhere")).toContain(notFound("nowhere"));
  expect(await bob.fails("pulumi policy group ls grace")).toContain(notFound("grace"));
});

test("pulumi logout forgets the token", async () => {
  const bob = world.person("bob");
  await bob.ok("pulumi logout");
  expect(await bob.with({ PULUMI_BACKEND_URL: world.server.url }).fails("pulumi whoami")).not.toBe("bob\n");
});
