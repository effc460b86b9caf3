import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pack, program } from "./harness/sources.ts";
import type { Terminal } from "./harness/terminal.ts";
import { openWorld, type World } from "./harness/world.ts";

// docs/guide/scan.md, as it is typed.

const policies = `[{
  name: "two-words", description: "A pet's name has two words.", enforcementLevel: "mandatory",
  validateResource: ({ type, props }, reportViolation) => {
    if (type.startsWith("random:") && props.length < 2) reportViolation("This pet's name is too short.");
  },
}]`;

let world: World;
let ada: Terminal;
let url: string;

beforeAll(async () => {
  world = await openWorld();
  await world.admin.in(pack(world, "names", { policies })).ok("quillon policy publish acme");
  await world.admin.ok("quillon policy enable acme/names latest");
  const state = join(world.dir, "the states");
  mkdirSync(state);
  url = `file://${state}`;
  ada = world
    .person("ada")
    .with({ PULUMI_BACKEND_URL: url, PULUMI_CONFIG_PASSPHRASE: "correct horse" })
    .with({ QUILLON_URL: world.server.url, QUILLON_TOKEN: world.adminToken })
    .in(program(world, "pets", `resource("rex", { length: config.getNumber("length") ?? 2 });`));
});

afterAll(() => world.close());

interface Scanned {
  stacks: { stack: string; status: string; updates: number; known: number; withoutReceipt: object[] }[];
}

test("an empty backend has nothing to find, and nothing is written into it", async () => {
  const { code, all } = await ada.run("quillon scan");
  expect({ code, all }).toMatchObject({ code: 0, all: expect.stringContaining("There are no stacks in file://") });
  expect(readdirSync(join(world.dir, "the states"))).toEqual([]);
});

test("a stack is found that was updated by pulumi itself, and one that was never seen", async () => {
  await ada.ok("pulumi stack init dev");
  await ada.ok("quillon run -- pulumi up --yes");
  expect(await ada.ok(`quillon scan '${url}'`)).toMatch(/pets\/dev +ok +1 of 1/);
  await ada.ok("pulumi config set length 1");
  await ada.ok("pulumi up --yes --skip-preview");
  await ada.ok("pulumi stack init new");
  const { code, stdout } = await ada.run("quillon scan --json");
  expect(code).toBe(2);
  expect((JSON.parse(stdout) as Scanned).stacks).toMatchObject([
    { stack: "dev", status: "bypassed", updates: 2, known: 1, withoutReceipt: [{ result: "succeeded" }] },
    { stack: "new", status: "unknown", updates: 0 },
  ]);
});

test("--check finds what is deployed and violates a policy, also in a stack that was never seen", async () => {
  await ada.ok("pulumi stack export --stack dev --file dev.json");
  await ada.ok("pulumi stack import --stack new --file dev.json --force");
  const { code, all } = await ada.run("quillon scan --check");
  expect(code).toBe(2);
  for (const stack of ["dev", "new"]) {
    expect(all).toMatch(new RegExp(`pets/${stack} .* 1 mandatory\n`));
    expect(all).toMatch(
      new RegExp(`pets/${stack} +mandatory +names@1.0.0 two-words +rex +This pet's name is too short\\.`),
    );
  }
});
