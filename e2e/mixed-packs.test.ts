import { afterAll, beforeAll, expect, test } from "vitest";
import { configFile } from "./harness/files.ts";
import { pack, program } from "./harness/sources.ts";
import type { Terminal } from "./harness/terminal.ts";
import { openWorld, type World } from "./harness/world.ts";

let world: World;
let inProgram: Terminal;

/** Its message names the pack (`label`) and the configured length, so that the test sees which configuration it got. */
function wish(label: string, level = "advisory"): string {
  return `[{
    name: "pet-length",
    description: "A pet's name is long.",
    enforcementLevel: "${level}",
    configSchema: { properties: { least: { type: "integer", default: 2 } } },
    validateResource: ({ type, props, getConfig }, reportViolation) => {
      const { least } = getConfig();
      if (type.startsWith("random:") && props.length < least) reportViolation("${label} wants " + least);
    },
  }]`;
}

beforeAll(async () => {
  world = await openWorld();
  inProgram = world.admin.in(program(world, "pets", 'resource("rex", { length: config.requireNumber("length") });'));
  await inProgram.ok("pulumi stack init acme/dev");
  await inProgram.ok("pulumi config set length 1");
});

afterAll(() => world.close());

test("a mandatory violation of a local pack stops the update", async () => {
  const local = pack(world, "strict", { policies: wish("The strict pack", "mandatory") });
  const up = await inProgram.fails(`pulumi up --yes --policy-pack ${local}`);
  expect(up).toContain(`❌ strict@v1.0.0 (local: ${local})`);
  expect(up).toContain("The strict pack wants 2");
});

test("an advisory violation is shown, and the update succeeds", async () => {
  await world.admin.in(pack(world, "kind", { policies: wish("The kind pack") })).ok("pulumi policy publish acme");
  await world.admin.ok("pulumi policy enable acme/kind latest");
  const up = await inProgram.ok("pulumi up --yes");
  expect(up).toContain("⚠️ kind@v1.0.0");
  expect(up).toContain("[advisory]  pet-length  (random:index/randomPet:RandomPet: rex)");
  expect(up).toContain("The kind pack wants 2");
});

test("two enforced packs and two local packs all run, each with its own configuration, even if two have the same name", async () => {
  await world.admin.in(pack(world, "calm", { policies: wish("The calm pack") })).ok("pulumi policy publish acme");
  const level = (least: number) => ({ "pet-length": { least } });
  await world.admin.ok(`pulumi policy enable acme/calm 1.0.0 --config ${configFile(world, "calm.json", level(3))}`);
  await world.admin.ok(`pulumi policy enable acme/kind 1.0.0 --config ${configFile(world, "kind.json", level(4))}`);
  const namesake = pack(world, "kind", { folder: "my-kind", version: "7.0.0", policies: wish("My kind pack") });
  const fourth = pack(world, "fourth", { policies: wish("The fourth pack") });

  const preview = await inProgram.ok(
    [
      "pulumi preview",
      `--policy-pack ${namesake} --policy-pack-config ${configFile(world, "my-kind.json", level(5))}`,
      `--policy-pack ${fourth} --policy-pack-config ${configFile(world, "fourth.json", level(6))}`,
    ].join(" "),
  );
  expect(preview).toContain("⚠️ calm@v1.0.0\n");
  expect(preview).toContain("⚠️ kind@v1.0.0\n");
  expect(preview).toContain(`⚠️ kind@v7.0.0 (local: ${namesake})`);
  expect(preview).toContain(`⚠️ fourth@v1.0.0 (local: ${fourth})`);
  for (const wanted of ["calm pack wants 3", "kind pack wants 4", "My kind pack wants 5", "fourth pack wants 6"]) {
    expect(preview).toContain(wanted);
  }
});

test("after pulumi policy install, a preview downloads no pack", async () => {
  const newcomer = world.person("newcomer", world.adminToken).in(inProgram.dir);
  await newcomer.ok("pulumi stack select acme/dev && pulumi policy install");
  const preview = await newcomer.ok("pulumi preview");
  expect(preview).not.toContain("Downloading policy pack");
  expect(preview).toContain("⚠️ calm@v1.0.0");
  expect(preview).toContain("⚠️ kind@v1.0.0");
});

test("a configuration can make an advisory policy mandatory", async () => {
  const config = configFile(world, "mandatory.json", { "pet-length": { enforcementLevel: "mandatory", least: 9 } });
  await world.admin.ok(`pulumi policy enable acme/kind latest --config ${config}`);
  const preview = await inProgram.fails("pulumi preview");
  expect(preview).toContain("[mandatory]  pet-length");
  expect(preview).toContain("The kind pack wants 9");
});
