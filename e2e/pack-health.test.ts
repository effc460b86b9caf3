import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { repositoryDir } from "../tools/repository.ts";
import { newerCli, olderCli } from "../tools/toolchain/clis.ts";
import { withPulumi } from "./harness/other-cli.ts";
import { archivesOf, failingPacks, writeFailingPack } from "./harness/pack-failures.ts";
import { pipEnvironment, requirements } from "./harness/python.ts";
import { pack, program, twoWords } from "./harness/sources.ts";
import type { Terminal } from "./harness/terminal.ts";
import { openWorld, type World } from "./harness/world.ts";

// A new version of a pack stops everybody, and an administrator learns why and how to go back.

let world: World;
let terminal: Terminal;
beforeAll(async () => {
  world = await openWorld();
  terminal = world.admin.in(program(world, "pets", `resource("rex", { length: 2 });`));
  await terminal.ok("pulumi stack init acme/dev");
});
afterAll(() => world.close());

interface Version {
  versionTag: string;
  runs: number;
  failedRuns: number;
  failingStacks: number;
  revert?: { commands: string[] };
}
const health = () => world.admin.json<Version[]>("quillon pack health acme/pets --json");

test("A version that throws when it is loaded is shown, reverted as suggested, and has recovered then", async () => {
  await world.admin.in(pack(world, "pets", { policies: twoWords })).ok("pulumi policy publish acme");
  await world.admin.ok("pulumi policy enable acme/pets latest");
  await terminal.ok("pulumi preview");
  // The author's machine has what the code needs.
  const policies = `process.env.TEAM_SETTINGS ? ${twoWords} : (() => { throw new Error("no TEAM_SETTINGS"); })()`;
  const folder = pack(world, "pets", { version: "1.1.0", folder: "pets-2", policies });
  await world.admin.in(folder).with({ TEAM_SETTINGS: "here" }).ok("pulumi policy publish acme");
  await world.admin.ok("pulumi policy enable acme/pets latest");
  expect(await terminal.fails("pulumi preview")).toContain("no TEAM_SETTINGS");

  const { code, stdout, stderr } = await world.admin.run("quillon pack health pets");
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/^1\.1\.0 +default-policy-group +1 +1 +1 /m);
  expect(stdout).toMatch(/Version 1\.1\.0 could not be loaded in preview .* of pets\/dev/);
  expect(stdout).toContain("Error: no TEAM_SETTINGS");
  expect(stdout).toContain("1 stack fails because of version 1.1.0. Version 1.0.0 worked in 1 of them.");

  const [bad] = await health();
  expect(bad).toMatchObject({ versionTag: "1.1.0", runs: 1, failedRuns: 1, failingStacks: 1 });
  for (const line of bad?.revert?.commands ?? []) expect(line).toBe("pulumi policy enable acme/pets 1.0.0");
  await world.admin.ok(bad?.revert?.commands[0] ?? "no command");
  await terminal.ok("pulumi preview");
  expect(await health()).toMatchObject([
    { versionTag: "1.1.0", failedRuns: 1, failingStacks: 0 },
    { versionTag: "1.0.0", runs: 2, failedRuns: 0, failingStacks: 0 },
  ]);
  expect((await health())[0]).not.toHaveProperty("revert");
});

// What the oldest and the newest CLI send when a pack fails, for the tests of the rule. QUILLON_RECORD=1 writes testdata/pack-failures.
if (process.env.QUILLON_RECORD)
  describe.each([olderCli, newerCli])("what CLI $version sends", (cli) => {
    const dir = join(repositoryDir, "testdata", "pack-failures", cli.version);
    let author: Terminal;
    let shared: string;
    beforeAll(async () => {
      author = world.admin.with(pipEnvironment());
      shared = join(world.dir, "shared");
      await author.ok(`python3 -m venv shared && shared/bin/pip install ${requirements.join(" ")}`);
      mkdirSync(dir, { recursive: true });
    });

    test.each(failingPacks)("$name", async (failing) => {
      await author.ok("pulumi policy disable acme/pets || true");
      const before = archivesOf(world);
      await author.in(writeFailingPack(world, failing, shared)).ok("pulumi policy publish acme || true");
      await author.ok(`pulumi policy enable acme/${failing.name} latest`);
      for (const path of archivesOf(world).filter((one) => !before.includes(one))) failing.archive?.(path);
      const { all } = await withPulumi(cli, terminal).with(pipEnvironment()).run("pulumi preview");
      await author.ok(`pulumi policy disable acme/${failing.name}`);
      rmSync(join(author.env.PULUMI_HOME ?? "", "policies"), { recursive: true, force: true });
      const update = /\/(?:updates|previews)\/([0-9a-f-]+)/.exec(all)?.[1];
      const response = await fetch(`${world.server.url}/api/stacks/acme/pets/dev/update/${update}/events`, {
        headers: { authorization: `token ${world.adminToken}` },
      });
      const { events } = (await response.json()) as { events: object[] };
      const lines = events.map((event) => JSON.stringify(event).replaceAll(world.dir, "/home/alice"));
      const modules = join(repositoryDir, ".cache/e2e").replaceAll("/", "\\/");
      const text = lines.map((line) => `${line.replace(new RegExp(`${modules}/[0-9a-f]+`, "g"), "/home/alice")}\n`);
      writeFileSync(join(dir, `${failing.name}.jsonl`), text.join(""));
    });
  });
