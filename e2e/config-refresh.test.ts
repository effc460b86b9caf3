import { afterAll, beforeAll, expect, test } from "vitest";
import { program } from "./harness/sources.ts";
import type { Exported } from "./harness/state.ts";
import type { Terminal } from "./harness/terminal.ts";
import { openWorld, type World } from "./harness/world.ts";

// `pulumi config refresh` writes the configuration of the last deployment, whatever was done with the stack after it.

let world: World;
let inProgram: Terminal;

beforeAll(async () => {
  world = await openWorld();
  const source = 'resource("rex", { prefix: config.require("prefix") });\nresource("tom", {});';
  const alone = world.admin.in(program(world, "pets", source));
  inProgram = alone.with({ PULUMI_CONFIG_PASSPHRASE: "correct horse" });
  await inProgram.ok("pulumi stack init acme/dev");
  await inProgram.ok("pulumi config set prefix king");
  await inProgram.ok("pulumi config set --secret key 4711");
  await inProgram.ok("pulumi up --yes --skip-preview");
});

afterAll(() => world.close());

const urnOf = async (name: string) => {
  const { deployment } = await inProgram.json<Exported>("pulumi stack export");
  return deployment.resources?.find(({ urn }) => urn.endsWith(`::${name}`))?.urn;
};

test.each<[string, () => Promise<string>]>([
  ["pulumi state delete", async () => `pulumi state delete --yes '${await urnOf("tom")}'`],
  ["pulumi stack import", async () => "pulumi stack export --file state.json && pulumi stack import --file state.json"],
  ["pulumi stack rename", async () => "pulumi stack rename prod"],
])("after %s", async (_, line) => {
  await inProgram.ok(await line());
  await inProgram.ok("pulumi config set prefix queen");
  await inProgram.ok("pulumi config refresh --force");
  expect(await inProgram.ok("pulumi config get prefix")).toBe("king\n");
  expect(await inProgram.ok("pulumi config get key")).toBe("4711\n");
});

test("after another deployment with less configuration, and an import", async () => {
  await inProgram.ok("pulumi config rm key");
  await inProgram.ok("pulumi destroy --yes --skip-preview");
  await inProgram.ok("pulumi stack export --file state.json && pulumi stack import --file state.json");
  await inProgram.ok("pulumi config refresh --force");
  expect(await inProgram.ok("pulumi config get prefix")).toBe("king\n");
  expect(await inProgram.fails("pulumi config get key")).toContain("configuration key 'key' not found");
});

test("after a change of the secrets provider", async () => {
  await inProgram.ok("pulumi stack change-secrets-provider passphrase");
  await inProgram.ok("pulumi config refresh --force");
  expect(await inProgram.ok("pulumi config get prefix")).toBe("king\n");
});

test("where nothing was deployed, an import leaves the file as it is", async () => {
  await inProgram.ok("pulumi stack init acme/new");
  await inProgram.ok("pulumi config set prefix prince");
  await inProgram.ok("pulumi stack export --file new.json && pulumi stack import --file new.json");
  expect(await inProgram.fails("pulumi config refresh --force")).toContain("no previous deployment");
  expect(await inProgram.ok("pulumi config get prefix")).toBe("prince\n");
});
