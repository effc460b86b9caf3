import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newerCli } from "../tools/toolchain/clis.ts";
import { hasPulumi, withPulumi } from "./harness/other-cli.ts";
import { program } from "./harness/sources.ts";
import type { Terminal } from "./harness/terminal.ts";
import { openWorld, type World } from "./harness/world.ts";

// docs/guide/moving.md, as it is typed: from a folder and from another Quillon, and out again.

const pets = `
  resource("rex", { prefix: config.requireSecret("prefix") });
  exports.prefix = config.requireSecret("prefix");
`;
const reader = 'exports.names = new pulumi.StackReference("old/pets/dev").name;';

let world: World;
let other: World;
/** Logged in to the server that stacks are moved to. */
let admin: Terminal;
/** Her stacks are in a folder. */
let ada: Terminal;
let folder: string;

beforeAll(async () => {
  [world, other] = await Promise.all([openWorld(), openWorld({ QUILLON_BOOTSTRAP_ORG: "old" })]);
  admin = world.admin.with({
    QUILLON_URL: world.server.url,
    QUILLON_TOKEN: world.adminToken,
    PULUMI_CONFIG_PASSPHRASE: "correct horse",
    QUILLON_FROM_TOKEN: other.adminToken,
  });
  folder = `file://${makeFolder("the states")}`;
  ada = world.person("ada").with({ PULUMI_BACKEND_URL: folder, PULUMI_CONFIG_PASSPHRASE: "correct horse" });
});

afterAll(async () => {
  await other.close();
  await world.close();
});

function makeFolder(name: string): string {
  const path = join(world.dir, name);
  mkdirSync(path);
  return path;
}

interface Migration {
  stacks: { from: string; status: string; secrets: string; secretConfig: string[] }[];
  references: { stack: string; becomes: string; isThere: boolean }[];
}

test("stacks of a folder keep their passphrase, and a second run goes on", async () => {
  const inProgram = ada.in(program(world, "dogs", pets));
  await inProgram.ok(
    "pulumi stack init dev && pulumi config set --secret prefix king && pulumi stack tag set team pets",
  );
  await inProgram.ok("pulumi up --yes --skip-preview");
  const line = `quillon stacks migrate --from '${folder}' --json`;
  const status = async (more = "") => (await admin.json<Migration>(`${line} ${more}`)).stacks[0];
  expect(await status()).toMatchObject({ from: "organization/dogs/dev", status: "move", secrets: "kept" });
  expect(await admin.ok("pulumi stack ls --all")).not.toContain("dogs");
  expect(await status("--yes")).toMatchObject({ status: "moved" });
  await inProgram.ok("pulumi config set --secret prefix queen && pulumi up --yes --skip-preview");
  expect(await status()).toMatchObject({ status: "again" });
  expect(await status("--yes")).toMatchObject({ status: "moved" });
  const moved = admin.in(inProgram.dir);
  await moved.ok("pulumi stack select acme/dogs/dev");
  expect(await moved.ok("pulumi stack tag get team")).toBe("pets\n");
  expect(await moved.ok("pulumi stack output prefix --show-secrets")).toBe("queen\n");
  expect(await moved.ok("pulumi up --yes --skip-preview")).toContain("2 unchanged");
  expect(await status()).toMatchObject({ status: "moved" });
});

test("secrets of another server are encrypted anew, and what must be done by hand is told", async () => {
  const there = other.admin.in(program(other, "pets", pets));
  await there.ok(
    "pulumi stack init old/dev && pulumi config set --secret prefix king && pulumi up --yes --skip-preview",
  );
  const reading = other.admin.in(program(other, "reader", reader));
  await reading.ok("pulumi stack init old/dev && pulumi up --yes --skip-preview");
  const moved = await admin.json<Migration>(`quillon stacks migrate --from ${other.server.url} --yes --json`);
  expect(moved.stacks).toMatchObject([
    { from: "old/pets/dev", status: "moved", secrets: "anew", secretConfig: ["pets:prefix"] },
    { from: "old/reader/dev", status: "moved", secrets: "anew" },
  ]);
  expect(moved.references).toEqual([
    { stack: "reader/dev", name: "old/pets/dev", becomes: "acme/pets/dev", isThere: true },
  ]);
  await other.server.stop();
  const here = admin.in(program(world, "pets", pets));
  await here.ok("pulumi stack select acme/dev && pulumi config set --secret prefix king");
  expect(await here.ok("pulumi stack output prefix --show-secrets")).toBe("king\n");
  expect(await here.ok("pulumi up --yes --skip-preview")).toContain("2 unchanged");
});

test("quillon stacks export writes what pulumi stack import reads elsewhere", async () => {
  await admin.ok("quillon stacks export out --project pets --passphrase");
  const elsewhere = ada.in(program(world, "pets", pets));
  await elsewhere.ok("rm -f Pulumi.dev.yaml && pulumi stack init dev");
  await elsewhere.ok("pulumi stack import --file ../../out/pets/dev/deployment.json");
  expect(await elsewhere.ok("pulumi stack output prefix --show-secrets")).toBe("king\n");
  expect(await elsewhere.ok("cat ../../out/pets/dev/deployment.json")).not.toContain("king");
});

describe.skipIf(!hasPulumi(newerCli))(`Pulumi CLI ${newerCli.version}`, () => {
  test("pulumi stack migrate moves a stack in, and out again", async () => {
    const inFolder = withPulumi(newerCli, ada).in(program(world, "cats", pets));
    await inFolder.ok("pulumi stack init dev && pulumi config set --secret prefix king");
    await inFolder.ok("pulumi up --yes --skip-preview");
    const moved = withPulumi(newerCli, admin).in(inFolder.dir);
    await moved.ok(`pulumi stack migrate '${folder}' dev --target acme/cats/dev --yes`);
    expect(await moved.ok("pulumi stack output prefix --show-secrets --stack acme/cats/dev")).toBe("king\n");
    expect(await moved.ok("pulumi up --yes --skip-preview --stack acme/cats/dev")).toContain("2 unchanged");
    const backend = `file://${makeFolder("out again")}`;
    const out = inFolder.with({ PULUMI_BACKEND_URL: backend, PULUMI_ACCESS_TOKEN: world.adminToken });
    await out.ok(
      `pulumi stack migrate ${world.server.url} acme/cats/dev --target dev --yes --secrets-provider passphrase`,
    );
    expect(await out.ok("pulumi stack output prefix --show-secrets --stack dev")).toBe("king\n");
  });
});
