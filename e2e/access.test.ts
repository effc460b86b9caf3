import { afterAll, beforeAll, expect, test } from "vitest";
import { program } from "./harness/sources.ts";
import type { Terminal } from "./harness/terminal.ts";
import { openWorld, type World } from "./harness/world.ts";

let world: World;
let inProgram: Terminal;

beforeAll(async () => {
  world = await openWorld();
  await world.admin.ok("quillon org set acme --default-permission none");
  await api("POST /api/orgs/acme/teams/pulumi", { name: "crew" });
  inProgram = world.admin.in(program(world, "pets", 'resource("rex");'));
  await inProgram.ok("pulumi stack init acme/shared --teams crew");
  await inProgram.ok("pulumi stack init acme/hidden");
});

afterAll(() => world.close());

async function api(request: string, body: object): Promise<void> {
  const [method = "", path = ""] = request.split(" ");
  const headers = { authorization: `token ${world.adminToken}`, "content-type": "application/json" };
  const response = await fetch(world.server.url + path, { method, headers, body: JSON.stringify(body) });
  expect(response.ok, await response.text()).toBe(true);
}

/** Runs a `quillon` command that prints a secret, and nothing but it, on stdout. */
async function secretOf(line: string): Promise<string> {
  const { code, stdout, all } = await world.admin.run(line);
  expect(code, all).toBe(0);
  expect(stdout).toMatch(/^qln_\S+\n$/);
  return stdout.trim();
}

test("whoami tells whose a token is", async () => {
  const org = world.person("pipeline", await secretOf("quillon token new deploy --org acme"));
  const team = world.person("crew", await secretOf("quillon token new ci --org acme --team crew"));
  const mine = world.person("laptop", await secretOf("quillon token new laptop --expires 12h"));
  expect(await org.ok("pulumi whoami -v")).toMatch(/^Token type: organization: acme\nToken name: deploy$/m);
  expect(await team.ok("pulumi whoami -v")).toMatch(/^Token type: team: crew\nToken name: ci$/m);
  expect(await mine.ok("pulumi whoami -v")).toMatch(/^User: admin\n(.*\n)*Token type: personal$/m);
});

test("a team reads and updates the stack that was shared with it, and is told of no other", async () => {
  const team = world.person("sharing", await secretOf("quillon token new up --org acme --team crew")).in(inProgram.dir);
  expect(await team.ok("pulumi stack ls --all")).toMatch(/^acme\/pets\/shared|^shared/m);
  expect(await team.ok("pulumi stack ls --all")).not.toContain("hidden");
  expect(await team.ok("pulumi up --yes --skip-preview --stack acme/shared")).toContain("created");
  expect(await team.fails("pulumi stack select acme/hidden")).toContain("no stack named 'hidden' found");
  expect(await team.fails("pulumi stack rm --yes --force --stack acme/shared")).toContain("it needs admin access");
});

test("a member has what the organization gives its members", async () => {
  const bob = world.person("bob", await secretOf("quillon user add bob --org acme")).in(inProgram.dir);
  expect(await bob.fails("pulumi stack tag ls --stack acme/hidden")).toContain("no stack named");
  await world.admin.ok("quillon org set acme --default-permission read");
  expect(await bob.ok("pulumi stack tag ls --stack acme/hidden")).toContain("pulumi:project");
  expect(await bob.fails("pulumi stack tag set a b --stack acme/hidden")).toContain("it needs write access");
  await bob.ok("pulumi stack init acme/bobs");
  await bob.ok("pulumi stack rm --yes --stack acme/bobs");
});

test("quillon token lists tokens without their values, and a revoked one is refused", async () => {
  const token = await secretOf("quillon token new short-lived --org acme --role policy-manager --expires 90d");
  const robot = world.person("robot", token);
  await robot.ok("pulumi whoami");
  const listed = await world.admin.ok("quillon token ls --org acme");
  expect(listed).toMatch(/^\S+ {2}short-lived +policy-manager +admin +\d{4}-\d\d-\d\d +\d{4}-\d\d-\d\d +/m);
  const all = await world.admin.json<{ name: string }[]>("quillon token ls --org acme --json");
  expect(all.map(({ name }) => name)).toContain("short-lived");
  expect(listed + JSON.stringify(all)).not.toContain(token);
  await world.admin.ok("quillon token revoke short-lived --org acme");
  expect(await robot.fails("pulumi stack ls --all")).toContain("Unauthorized: No credentials provided or are invalid.");
  expect(await world.admin.fails("quillon token revoke short-lived --org acme")).toContain("There is no access token");
});

test("quillon org add makes an organization, and user add puts known people in it", async () => {
  await world.admin.ok("quillon org add second");
  expect(await world.admin.ok("pulumi policy group ls second")).toContain("default-policy-group");
  const { stdout, all } = await world.admin.run("quillon user add bob --org second");
  expect(stdout).toBe("");
  expect(all).toContain("bob was on this server already and is now in second as member");
  expect(await world.person("bob").fails("quillon org add third")).toContain("Not logged in");
});

test("the help of each command is shown", async () => {
  for (const command of ["token", "token new", "token ls", "token revoke", "org", "org add", "org set", "user add"]) {
    expect(await world.admin.ok(`quillon ${command} --help`)).toContain(`Usage: quillon ${command}`);
  }
});
