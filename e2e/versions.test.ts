import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pack, program } from "./harness/sources.ts";
import type { Terminal } from "./harness/terminal.ts";
import { openWorld, type World } from "./harness/world.ts";

let world: World;
let admin: Terminal;

const policies = `[{
  name: "noted",
  description: "Reports that it ran.",
  enforcementLevel: "advisory",
  validateStack: (_, reportViolation) => reportViolation("Noted."),
}]`;

beforeAll(async () => {
  world = await openWorld();
  admin = world.admin;
});

afterAll(() => world.close());

/** A pack without a version. It calls the official SDK's server directly, because PolicyPack requires a version. Hosts of other runtimes do not require one. */
function unversioned(message: string): Terminal {
  const dir = pack(world, "plain", { version: "0.0.0", policies });
  const source = `require("@pulumi/policy/server").serve("plain", "", "advisory", { policies: ${policies} }, undefined);\n`;
  writeFileSync(join(dir, "index.js"), source.replace("Noted.", message));
  return admin.in(dir);
}

test("a pack without a version is published as version 1, then as version 2", async () => {
  expect(await unversioned("I am the first.").ok("pulumi policy publish acme")).toMatch(
    /^Publishing "plain" to "acme"\nPublished as version 1\n/m,
  );
  expect(await unversioned("I am the second.").ok("pulumi policy publish acme")).toContain("Published as version 2\n");
  expect(await admin.ok("pulumi policy ls acme")).toMatch(/^plain\s+1, 2|plain\s+2, 1/m);
});

test("pulumi policy enable accepts the number of such a version", async () => {
  const inProgram = admin.in(program(world, "pets", 'resource("rex");'));
  await inProgram.ok("pulumi stack init acme/dev");
  await admin.ok("pulumi policy enable acme/plain 1");
  expect(await inProgram.ok("pulumi preview")).toContain("I am the first.");
  await admin.ok("pulumi policy enable acme/plain 2");
  const second = await inProgram.ok("pulumi preview");
  expect(second).toContain("I am the second.");
  expect(second).not.toContain("I am the first.");
});

test("publishing a version again is refused, and the error names the next free version", async () => {
  const p = admin.in(pack(world, "p", { policies }));
  await p.ok("pulumi policy publish acme");
  expect(await p.fails("pulumi policy publish acme")).toContain(
    '[400] Policy Pack "p" (Version 1.0.0) has already been published. Please specify a new version tag. The next free one is 1.0.1.',
  );
  await admin.in(pack(world, "p", { version: "1.0.1", policies })).ok("pulumi policy publish acme");
  expect(await admin.ok("pulumi policy ls acme")).toMatch(/^p\s+(1\.0\.1, 1\.0\.0|1\.0\.0, 1\.0\.1)\s*$/m);
});

test("publishing a pack without policies is refused", async () => {
  const empty = admin.in(pack(world, "empty", { policies: "[]" }));
  expect(await empty.fails("pulumi policy publish acme")).toContain(
    "[400] Policy pack empty has no policies, so there is nothing to publish.",
  );
  expect(await admin.ok("pulumi policy ls acme")).not.toContain("empty");
});

test("the error for enabling or disabling a pack or version that does not exist names what is missing", async () => {
  expect(await admin.fails("pulumi policy enable acme/p 0.9.0")).toContain("[404] Policy pack p has no version 0.9.0.");
  expect(await admin.fails("pulumi policy enable acme/nothing latest")).toContain(
    "[404] Policy pack nothing does not exist in organization acme.",
  );
  expect(await admin.fails("pulumi policy disable acme/p")).toContain("[404] Policy pack p is not enabled");
});

test("an enabled version can't be removed, and a removed version can't be published again", async () => {
  await admin.ok("pulumi policy enable acme/p latest");
  expect(await admin.fails("pulumi policy rm acme/p 1.0.1 --yes")).toContain("default-policy-group");
  await admin.ok("pulumi policy disable acme/p");
  await admin.ok("pulumi policy rm acme/p 1.0.1 --yes");
  expect(await admin.ok("pulumi policy ls acme")).toMatch(/^p\s+1\.0\.0\s*$/m);
  const again = admin.in(pack(world, "p", { version: "1.0.1", policies }));
  expect(await again.fails("pulumi policy publish acme")).toContain("The next free one is 1.0.2.");
});

test("pulumi policy validate-config checks a configuration against a published schema", async () => {
  const schema = "configSchema: { properties: { least: { type: 'integer', minimum: 1 } } },";
  const dir = pack(world, "sized", { policies: policies.replace("validateStack", `${schema} validateStack`) });
  await admin.in(dir).ok("pulumi policy publish acme");
  writeFileSync(join(world.dir, "good.json"), JSON.stringify({ noted: { least: 2 } }));
  writeFileSync(join(world.dir, "bad.json"), JSON.stringify({ noted: { least: 0 } }));
  await admin.ok("pulumi policy validate-config acme/sized 1.0.0 --config good.json");
  expect(await admin.fails("pulumi policy validate-config acme/sized 1.0.0 --config bad.json")).toContain(
    "Must be greater than or equal to 1",
  );
});
