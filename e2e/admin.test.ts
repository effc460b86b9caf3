import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { printedToken } from "./harness/printed-token.ts";
import { pack, program } from "./harness/sources.ts";
import type { Terminal } from "./harness/terminal.ts";
import { openWorld, type World } from "./harness/world.ts";

let world: World;
let admin: Terminal;

beforeAll(async () => {
  world = await openWorld();
  admin = world.admin;
  const inProgram = admin.in(program(world, "pets", 'resource("rex");'));
  await inProgram.ok("pulumi stack init acme/dev");
  await inProgram.ok("pulumi stack init acme/prod && pulumi stack tag set env prod");
  await printedToken(admin, "quillon user add bob --org acme");
});

afterAll(() => world.close());

/** What somebody is told on stderr. */
async function told(line: string): Promise<string> {
  const { code, stdout, stderr } = await admin.run(line);
  expect(code, stderr).toBe(0);
  expect(stdout).toBe("");
  return stderr;
}

/** A policy group as the server sends it: parsing would hide what happened to large integers. */
async function sentGroup(name: string): Promise<string> {
  const headers = { authorization: `token ${world.adminToken}` };
  return (await fetch(`${world.server.url}/api/orgs/acme/policygroups/${name}`, { headers })).text();
}

test("organizations and their members are listed and changed", async () => {
  expect(await admin.ok("quillon org ls")).toBe("NAME\nacme\n");
  expect(await admin.ok("quillon org show acme")).toMatch(/^Default permission: +write$/m);
  expect(await admin.ok("quillon user ls")).toMatch(/^bob +member +\d{4}-\d\d-\d\d$/m);
  expect(await told("quillon user set bob --role policy-manager")).toBe("bob is policy-manager in acme now.\n");
  expect(await admin.json("quillon user ls --json")).toMatchObject([{}, { fgaRole: { id: "policy-manager" } }]);
  expect(await told("quillon user rm bob --org acme")).toBe("Removed bob from acme.\n");
  expect(await told("quillon user add bob --org acme")).toContain("with the tokens they have");
  expect(await admin.fails("quillon user rm admin")).toContain("is the last admin of acme. Make somebody else");
  expect(await admin.fails("quillon user set bob --role owner")).toContain("Allowed choices are admin, policy-manager");
});

test("a team is made, filled, given a stack, shown and removed", async () => {
  expect(await told('quillon team add crew --description "the crew"')).toBe("Made team crew in acme.\n");
  await told("quillon team set crew --display-name Crew");
  await told("quillon team member add crew bob");
  await told("quillon team member set crew bob --role admin");
  await told("quillon team stack set crew pets/prod --permission read");
  await told("quillon team stack set crew pets/dev --permission admin");
  await told("quillon team stack rm crew acme/pets/dev");
  expect(await admin.fails("quillon team stack rm crew acme/pets/dev --org other")).toContain(
    "Stack acme/pets/dev is not in organization other, which is named beside it.",
  );
  const shown = await admin.ok("quillon team show crew");
  expect(shown).toMatch(/^Name: +Crew\nDescription: +the crew\nMembers: .*\bbob \(admin\)/m);
  expect(shown).toMatch(/^Stacks: +pets\/prod \(read\)$/m);
  await told("quillon team member rm crew bob");
  expect(await admin.ok("quillon team ls")).toMatch(/^crew +Crew +admin +the crew$/m);
  expect(await admin.fails("quillon team stack set crew prod --permission read")).toContain("write PROJECT/STACK");
  expect(await admin.fails("quillon team set crew")).toContain("give --display-name or --description");
  await told("quillon team rm crew --org acme");
  expect(await admin.fails("quillon team show crew")).toContain("Team crew does not exist in organization acme.");
});

test("a policy group gets stacks, a selector and packs, explains itself, and the audit log has all of it", async () => {
  const policies = `[{
    name: "named", description: "d", enforcementLevel: "advisory",
    configSchema: { properties: { length: { type: "number" } } },
    validateResource: () => {},
  }]`;
  await admin.in(pack(world, "rules", { policies })).ok("pulumi policy publish acme");
  writeFileSync(join(world.dir, "config.json"), '{"named": {"length": 9007199254740993}}');

  expect(await told("quillon group add production")).toBe("Made policy group production in acme.\n");
  await told("quillon group stack add production pets/dev");
  await told("quillon group stack rm production pets/dev");
  const selector = `'{"all": [{"tag": "env", "value": "prod"}]}'`;
  expect(await admin.ok(`quillon group selector try ${selector}`)).toBe("STACK\npets/prod\n");
  await told(`quillon group selector set production ${selector}`);
  await told("quillon group pack set production rules@1.0.0 --config config.json");
  await told("quillon group pack follow production rules");
  const shown = await admin.ok("quillon group show production");
  expect(shown).toMatch(/^Packs: +rules@1\.0\.0 \(follows\)$/m);
  expect(shown).toMatch(/^Stacks: +pets\/prod$/m);
  expect(await sentGroup("production")).toContain('"config":{"named":{"length":9007199254740993}}');
  writeFileSync(join(world.dir, "config.json"), '{"named": {"length": 9007199254740995}}');
  await told("quillon group pack follow production rules --config config.json");
  expect(await sentGroup("production")).toContain('"config":{"named":{"length":9007199254740995}}');
  expect(await admin.ok("quillon group show production --json")).toContain('"length": 9007199254740995\n');
  await told("quillon group pack pin production rules");
  expect(await admin.ok("quillon group why pets/prod")).toMatch(/^rules@1\.0\.0 +production +rule +yes +/m);
  expect(await admin.ok("quillon group ls --stack pets/prod")).toMatch(/^production +preventative +1 +0 +1$/m);
  expect(await admin.ok("quillon group coverage")).toMatch(/^Stacks: +\d of 2$/m);

  await told("quillon group selector rm production");
  expect(await told("quillon group edit production --stack-rule env=prod")).toContain("takes in pets/prod now.\n");
  expect(await admin.ok("quillon group show production")).toMatch(/^Selector: +.*env.*prod.*\nMatch rule: +env=prod$/m);
  expect(await admin.ok("quillon group stack ls production --source rule")).toContain("pets/prod");
  expect(await told("quillon group edit production --stack-rule 'a,b OR c'")).toContain("takes in no stack now.\n");
  expect(await admin.ok("quillon group show production")).toMatch(
    /^Match rule: +a,b OR c\nNo selector: +.*: several conditions together are one of its alternatives\.$/m,
  );
  await told("quillon group edit production --stack-rule ''");
  await told("quillon group new tagged --stack-rule '!env'");
  expect(await admin.ok("quillon group stack ls tagged")).not.toContain("pets/prod");
  await told("quillon group rm tagged");
  await told("quillon group pack rm production rules");
  await told("quillon group rename production prod");
  await told("quillon group rm prod");
  expect(await admin.fails("quillon group show prod")).toMatch(/^quillon: .*prod.*does not exist.*\.$/m);
  expect(await admin.fails("quillon group selector try '{'")).toContain("The selector is not JSON");
  expect(await admin.fails("quillon group pack set prod rules --config none.json")).toContain(
    "--config none.json can't be read: ",
  );

  const log = await admin.ok("quillon audit ls --since 1d --user admin");
  expect(log).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ +admin +127\.0\.0\.1 +Policy Group Removed +\S/m);
  const one = await admin.json<object[]>('quillon audit ls --event "Policy Pack Published" --limit 1 --json');
  expect(one).toMatchObject([{ event: "Policy Pack Published", after: {} }]);
  expect(await admin.ok("quillon audit ls --until 1d")).toMatch(/^WHEN .*\n$/);
  const csv = await admin.ok('quillon audit export --format csv --event "Policy Group Removed"');
  expect(csv.trim().split("\n")).toHaveLength(3);
  const events = (await admin.ok("quillon audit follow --after 0")).trim().split("\n");
  expect(events.map((line) => JSON.parse(line).sequence)).toEqual(events.map((_, index) => index + 1));
  expect(await admin.ok(`quillon audit follow --after ${events.length - 1}`)).toBe(`${events.at(-1)}\n`);
  expect(await admin.fails("quillon audit ls --since yesterday")).toContain('--since can\'t be "yesterday"');
});

test("each command has a --help, and so has each of its parts", async () => {
  const parts = async (command: string): Promise<string[]> => {
    const help = await admin.ok(`quillon ${command} --help`);
    expect(help).toContain(`Usage: quillon ${command}`.trimEnd());
    const [, list = ""] = help.split("\nCommands:\n");
    return [...list.matchAll(/^ {2}([a-z]+)/gm)].flatMap(([, name]) => (name && name !== "help" ? [name] : []));
  };
  for (const command of [
    "org",
    "user",
    "team",
    "team member",
    "team stack",
    "group",
    "group pack",
    "finding",
    "audit",
  ]) {
    const found = await parts(command);
    expect(found.length, command).toBeGreaterThan(0);
  }
  expect(await parts("group")).toEqual(
    expect.arrayContaining(["add", "ls", "show", "rename", "rm", "stack", "selector", "pack", "why", "coverage"]),
  );
});
