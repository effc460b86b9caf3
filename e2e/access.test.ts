import { afterAll, beforeAll, expect, test } from "vitest";
import { newerCli, pinnedCli } from "../tools/toolchain/clis.ts";
import { send } from "./harness/api.ts";
import { hasPulumi, withPulumi } from "./harness/other-cli.ts";
import { printedToken } from "./harness/printed-token.ts";
import { program } from "./harness/sources.ts";
import type { Terminal } from "./harness/terminal.ts";
import { openWorld, type World } from "./harness/world.ts";

let world: World;
let inProgram: Terminal;

beforeAll(async () => {
  world = await openWorld();
  await world.admin.ok("quillon org set acme --default-permission none");
  await send(world, "POST /api/orgs/acme/teams/pulumi", { name: "crew" });
  inProgram = world.admin.in(program(world, "pets", 'resource("rex");'));
  await inProgram.ok("pulumi stack init acme/shared --teams crew");
  await inProgram.ok("pulumi stack init acme/hidden");
});

afterAll(() => world.close());

const newToken = (line: string) => printedToken(world.admin, line);

test("pulumi whoami -v shows whether a token belongs to a person, an organization or a team", async () => {
  const org = world.person("pipeline", await newToken("quillon token new deploy --org acme"));
  const team = world.person("crew", await newToken("quillon token new ci --org acme --team crew"));
  const mine = world.person("laptop", await newToken("quillon token new laptop --expires 12h"));
  expect(await org.ok("pulumi whoami -v")).toMatch(/^Token type: organization: acme\nToken name: deploy$/m);
  expect(await team.ok("pulumi whoami -v")).toMatch(/^Token type: team: crew\nToken name: ci$/m);
  expect(await mine.ok("pulumi whoami -v")).toMatch(/^User: admin\n(.*\n)*Token type: personal$/m);
});

test("a team's token sees and updates the stack that the team was given, and sees no other stack", async () => {
  const team = world.person("sharing", await newToken("quillon token new up --org acme --team crew")).in(inProgram.dir);
  expect(await team.ok("pulumi stack ls --all")).toMatch(/^acme\/pets\/shared|^shared/m);
  expect(await team.ok("pulumi stack ls --all")).not.toContain("hidden");
  expect(await team.ok("pulumi up --yes --skip-preview --stack acme/shared")).toContain("created");
  expect(await team.fails("pulumi stack select acme/hidden")).toContain("no stack named 'hidden' found");
  expect(await team.fails("pulumi stack rm --yes --force --stack acme/shared")).toContain("it needs admin access");
});

test("a token that is limited to another project sees no stack of this one and makes none", async () => {
  const line = "quillon token new limited --org acme --team crew --project other";
  const limited = world.person("limited", await newToken(line)).in(inProgram.dir);
  expect(await limited.ok("pulumi stack ls --all")).not.toContain("shared");
  expect(await limited.fails("pulumi stack init acme/new")).toContain("limited to other projects than pets: other.");
});

test("a member has the organization's default permission on every stack", async () => {
  const bob = world.person("bob", await newToken("quillon user add bob --org acme")).in(inProgram.dir);
  expect(await bob.fails("pulumi stack tag ls --stack acme/hidden")).toContain("no stack named");
  await world.admin.ok("quillon org set acme --default-permission read");
  expect(await bob.ok("pulumi stack tag ls --stack acme/hidden")).toContain("pulumi:project");
  expect(await bob.fails("pulumi stack tag set a b --stack acme/hidden")).toContain("it needs write access");
  await bob.ok("pulumi stack init acme/bobs");
  await bob.ok("pulumi stack rm --yes --stack acme/bobs");
});

test.each([pinnedCli, newerCli].filter(hasPulumi))(
  "quillon and the Pulumi CLI $version share their logins",
  async (cli) => {
    const { url } = world.server;
    const both = withPulumi(cli, world.person(`both-${cli.version}`));
    const whoami = () => both.json("quillon whoami --json");
    expect(await both.fails("quillon whoami")).toContain("Not logged in: run `quillon login URL`");
    expect(await both.fails(`quillon login ${url}`)).toContain("set QUILLON_TOKEN, or give it on stdin");
    expect(await both.fails(`echo wrong | quillon login ${url}`)).toContain("Unauthorized");
    const login = await both.run(`echo ${world.adminToken} | quillon login ${url}/`);
    expect(login.all).toBe(`Logged in to ${url} as admin.\n`);
    expect(await both.ok("pulumi whoami")).toBe("admin\n");
    expect(await whoami()).toEqual({ user: "admin", url, organizations: ["acme"], loggedInBy: "quillon login" });

    await both.ok(`pulumi login file://${both.env.HOME}`);
    const again = await both.run(`quillon login`);
    expect(again.all).toContain(
      `The Pulumi CLI stays logged in to file://${both.env.HOME}. To change that: pulumi login ${url}`,
    );
    expect(await both.ok("pulumi whoami --verbose")).toContain(`file://${both.env.HOME}`);
    expect(await whoami()).toMatchObject({ url, loggedInBy: "quillon login" });

    await both.ok(`pulumi login ${url}`);
    await both.ok("quillon logout");
    expect(await both.fails("quillon whoami")).toContain("Not logged in");
    expect(await both.fails("pulumi whoami")).toMatch(/requires logging in|PULUMI_ACCESS_TOKEN must be set/);
    await both.with({ PULUMI_ACCESS_TOKEN: world.adminToken }).ok(`pulumi login ${url}`);
    expect(await whoami()).toMatchObject({ user: "admin", url, loggedInBy: "pulumi login" });
  },
);

test("quillon token ls shows no token's value, and a revoked token is refused", async () => {
  const token = await newToken("quillon token new short-lived --org acme --role policy-manager --expires 90d");
  const robot = world.person("robot", token);
  await robot.ok("pulumi whoami");
  const listed = await world.admin.ok("quillon token ls --org acme");
  expect(listed).toMatch(/^\S+ {2}short-lived +policy-manager +all +admin +\d{4}-\d\d-\d\d +\d{4}-\d\d-\d\d +/m);
  const all = await world.admin.json<{ name: string }[]>("quillon token ls --org acme --json");
  expect(all.map(({ name }) => name)).toContain("short-lived");
  expect(listed + JSON.stringify(all)).not.toContain(token);
  await world.admin.ok("quillon token revoke short-lived --org acme");
  expect(await robot.fails("pulumi stack ls --all")).toContain("Unauthorized: No credentials provided or are invalid.");
  expect(await world.admin.fails("quillon token revoke short-lived --org acme")).toContain("There is no access token");
});

test("quillon org add makes an organization, and quillon user add adds an existing user to it", async () => {
  await world.admin.ok("quillon org add second");
  expect(await world.admin.ok("pulumi policy group ls second")).toContain("default-policy-group");
  const { stdout, all } = await world.admin.run("quillon user add bob --org second");
  expect(stdout).toBe("");
  expect(all).toContain("bob was on this server already and is now in second as member");
  expect(await world.person("bob").fails("quillon org add third")).toContain("Not logged in");
});

test("each command has a --help", async () => {
  for (const command of ["token", "token new", "token ls", "token revoke", "org", "org add", "org set", "user add"]) {
    expect(await world.admin.ok(`quillon ${command} --help`)).toContain(`Usage: quillon ${command}`);
  }
});
