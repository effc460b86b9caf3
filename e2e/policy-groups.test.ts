import { afterAll, beforeAll, expect, test } from "vitest";
import { send } from "./harness/api.ts";
import { configFile } from "./harness/files.ts";
import { pack, program } from "./harness/sources.ts";
import type { Terminal } from "./harness/terminal.ts";
import { openWorld, type World } from "./harness/world.ts";

let world: World;
let admin: Terminal;
let inProgram: Terminal;

const production = "/api/quillon/orgs/acme/policygroups/production";

const policies = `[{
  name: "short-names",
  description: "Names are short.",
  enforcementLevel: "mandatory",
  configSchema: { properties: { most: { type: "integer", minimum: 1 } }, required: ["most"] },
  validateResource: (args, reportViolation) => {
    const { most } = args.getConfig();
    if (args.props.length > most) reportViolation("Longer than " + most + ".");
  },
}]`;

beforeAll(async () => {
  world = await openWorld();
  admin = world.admin;
  inProgram = admin.in(program(world, "pets", 'resource("rex", { length: 5 });'));
  await inProgram.ok("pulumi stack init acme/dev");
  await inProgram.ok("pulumi stack init acme/prod");
  await inProgram.ok("pulumi stack tag set env prod");
  await admin.in(pack(world, "names", { policies })).ok("pulumi policy publish acme");
});

afterAll(() => world.close());

test("enabling a pack without its required configuration is refused, and the error names each policy and property", async () => {
  expect(await admin.fails("pulumi policy enable acme/names latest")).toContain(
    "[400] The configuration of policy pack names 1.0.0 is not valid: policy short-names: most: is required.",
  );
  const wrong = configFile(world, "wrong.json", { "short-names": { most: 0 }, gone: { most: 1 } });
  const refused = await admin.fails(`pulumi policy enable acme/names latest --config ${wrong}`);
  expect(refused).toContain("policy gone: there is no such policy in the pack");
  expect(refused).toContain("policy short-names: most: must be at least 1");
});

test("pulumi policy validate-config checks against the published schema", async () => {
  const right = configFile(world, "right.json", { "short-names": { most: 3 } });
  const wrong = configFile(world, "text.json", { "short-names": { most: "three" } });
  await admin.ok(`pulumi policy validate-config acme/names 1.0.0 --config ${right}`);
  expect(await admin.fails(`pulumi policy validate-config acme/names 1.0.0 --config ${wrong}`)).toContain("integer");
});

test("a group with a selector enforces its packs only on the stacks that match", async () => {
  const group = { name: "production", entityType: "stacks" };
  expect(await send(world, "POST /api/orgs/acme/policygroups", group)).toBe(200);
  const selector = { all: [{ tag: "env", value: "prod" }] };
  expect(await send(world, `PUT ${production}/selector`, { selector })).toBe(200);
  const config = configFile(world, "three.json", { "short-names": { most: 3 } });
  await admin.ok(`pulumi policy enable acme/names latest --policy-group production --config ${config}`);
  expect(await admin.ok("pulumi policy group ls acme")).toMatch(/^production\s+.*1/m);
  expect(await inProgram.fails("pulumi preview -s acme/prod")).toContain("Longer than 3.");
  expect(await inProgram.ok("pulumi preview -s acme/dev")).not.toContain("Longer than");
});

test("a group that follows a pack runs each new version as soon as it is published", async () => {
  expect(await send(world, `PUT ${production}/policypacks/names/follow`, { follow: true })).toBe(200);
  const next = pack(world, "names", { version: "1.1.0", policies: policies.replace("Longer than", "Far longer than") });
  await admin.in(next).ok("pulumi policy publish acme");
  expect(await inProgram.fails("pulumi preview -s acme/prod")).toContain("Far longer than 3.");
});

test("a group can go back to an older version, with another configuration", async () => {
  const config = configFile(world, "four.json", { "short-names": { most: 4 } });
  await admin.ok(`pulumi policy enable acme/names 1.0.0 --policy-group production --config ${config}`);
  expect(await inProgram.fails("pulumi preview -s acme/prod")).toContain(" Longer than 4.");
});

test("publishing a version lower than the highest one prints a warning", async () => {
  const lower = admin.in(pack(world, "names", { version: "0.9.0", policies }));
  const { all } = await lower.run("pulumi policy publish acme");
  expect(all).toContain("names 0.9.0 is lower than 1.1.0");
  expect(await admin.ok("pulumi policy ls acme")).toContain("0.9.0");
});

test("a version that a group has enabled can't be removed until the group disables it", async () => {
  expect(await admin.fails("pulumi policy rm acme/names 1.0.0 --yes")).toContain("policy group production");
  expect(await admin.fails("pulumi policy rm acme/names all --yes")).toContain("policy group production");
  await admin.ok("pulumi policy disable acme/names --policy-group production");
  await admin.ok("pulumi policy rm acme/names all --yes");
  expect(await inProgram.ok("pulumi preview -s acme/prod")).not.toContain("onger than");
});

test("publishing a schema whose pattern can take exponential time is refused", async () => {
  const hostile = policies.replace('{ type: "integer", minimum: 1 }', '{ type: "string", pattern: "^(a+)+$" }');
  const refused = await admin.in(pack(world, "hostile", { policies: hostile })).fails("pulumi policy publish acme");
  expect(refused).toContain("can take exponential time");
});
