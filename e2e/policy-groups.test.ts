import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pack, program } from "./harness/sources.ts";
import type { Terminal } from "./harness/terminal.ts";
import { openWorld, type World } from "./harness/world.ts";

let world: World;
let admin: Terminal;
let inProgram: Terminal;

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

function configFile(name: string, config: object): string {
  const path = join(world.dir, name);
  writeFileSync(path, JSON.stringify(config));
  return path;
}

async function send(method: string, path: string, body: object): Promise<void> {
  const response = await fetch(`${world.server.url}/api${path}`, {
    method,
    headers: { authorization: `token ${world.adminToken}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  expect(response.status, await response.text()).toBe(200);
}

test("a pack that needs configuration is refused without, by policy and property", async () => {
  expect(await admin.fails("pulumi policy enable acme/names latest")).toContain(
    "[400] The configuration of policy pack names 1.0.0 is not valid: policy short-names: most: is required.",
  );
  const wrong = configFile("wrong.json", { "short-names": { most: 0 }, gone: { most: 1 } });
  const refused = await admin.fails(`pulumi policy enable acme/names latest --config ${wrong}`);
  expect(refused).toContain("policy gone: there is no such policy in the pack");
  expect(refused).toContain("policy short-names: most: must be at least 1");
});

test("validate-config knows the schema that was published", async () => {
  const right = configFile("right.json", { "short-names": { most: 3 } });
  const wrong = configFile("text.json", { "short-names": { most: "three" } });
  await admin.ok(`pulumi policy validate-config acme/names 1.0.0 --config ${right}`);
  expect(await admin.fails(`pulumi policy validate-config acme/names 1.0.0 --config ${wrong}`)).toContain("integer");
});

test("a group with a selector enforces its configuration on the stacks that it matches, and on no other", async () => {
  await send("POST", "/orgs/acme/policygroups", { name: "production", entityType: "stacks" });
  const selector = { all: [{ tag: "env", value: "prod" }] };
  await send("PUT", "/quillon/orgs/acme/policygroups/production/selector", { selector });
  const config = configFile("three.json", { "short-names": { most: 3 } });
  await admin.ok(`pulumi policy enable acme/names latest --policy-group production --config ${config}`);
  expect(await admin.ok("pulumi policy group ls acme")).toMatch(/^production\s+.*1/m);
  expect(await inProgram.fails("pulumi preview -s acme/prod")).toContain("Longer than 3.");
  expect(await inProgram.ok("pulumi preview -s acme/dev")).not.toContain("Longer than");
});

test("a group that follows has each new version at once", async () => {
  await send("PUT", "/quillon/orgs/acme/policygroups/production/policypacks/names/follow", { follow: true });
  const next = pack(world, "names", { version: "1.1.0", policies: policies.replace("Longer than", "Far longer than") });
  await admin.in(next).ok("pulumi policy publish acme");
  expect(await inProgram.fails("pulumi preview -s acme/prod")).toContain("Far longer than 3.");
});

test("going back is a version like any other", async () => {
  const config = configFile("four.json", { "short-names": { most: 4 } });
  await admin.ok(`pulumi policy enable acme/names 1.0.0 --policy-group production --config ${config}`);
  expect(await inProgram.fails("pulumi preview -s acme/prod")).toContain(" Longer than 4.");
});

test("publishing a lower tag warns its author", async () => {
  const lower = admin.in(pack(world, "names", { version: "0.9.0", policies }));
  const { all } = await lower.run("pulumi policy publish acme");
  expect(all).toContain("names 0.9.0 is lower than 1.1.0");
  expect(await admin.ok("pulumi policy ls acme")).toContain("0.9.0");
});

test("a version that a group has enabled can't be removed until it is disabled", async () => {
  expect(await admin.fails("pulumi policy rm acme/names 1.0.0 --yes")).toContain("policy group production");
  expect(await admin.fails("pulumi policy rm acme/names all --yes")).toContain("policy group production");
  await admin.ok("pulumi policy disable acme/names --policy-group production");
  await admin.ok("pulumi policy rm acme/names all --yes");
  expect(await inProgram.ok("pulumi preview -s acme/prod")).not.toContain("onger than");
});

test("a catastrophic pattern is refused at publish", async () => {
  const hostile = policies.replace('{ type: "integer", minimum: 1 }', '{ type: "string", pattern: "^(a+)+$" }');
  const refused = await admin.in(pack(world, "hostile", { policies: hostile })).fails("pulumi policy publish acme");
  expect(refused).toContain("can take exponential time");
});
