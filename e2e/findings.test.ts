import { rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newerCli } from "../tools/toolchain/clis.ts";
import { configFile, writeFiles } from "./harness/files.ts";
import { hasPulumi, withPulumi } from "./harness/other-cli.ts";
import { pack, program, twoWords } from "./harness/sources.ts";
import type { Terminal } from "./harness/terminal.ts";
import { openWorld, type World } from "./harness/world.ts";

// A finding's life, as the newest CLI shows it: a pet's name is too short, then not, then again.

const policies = (broken: string) =>
  `require("fs").existsSync(${JSON.stringify(broken)}) ? require("./missing") : ${twoWords}`;

describe.each([newerCli].filter(hasPulumi))("findings in Pulumi CLI $version", (cli) => {
  let world: World;
  let terminal: Terminal;

  beforeAll(async () => {
    world = await openWorld();
    await world.admin
      .in(pack(world, "pets", { policies: policies(join(world.dir, "broken")) }))
      .ok("pulumi policy publish acme");
    await world.admin.ok("pulumi policy enable acme/pets latest");
    const source = `resource("rex", { length: config.getNumber("length") ?? 2 });`;
    terminal = withPulumi(cli, world.admin).in(program(world, "pets", source));
    await terminal.ok("pulumi stack init acme/dev");
  });
  afterAll(() => world.close());

  async function up(length: number) {
    await terminal.ok(`pulumi config set length ${length}`);
    await terminal.ok("pulumi up --yes --skip-preview");
  }
  async function issues(flags = "") {
    const { stdout } = await terminal.run(`pulumi policy issue list --org acme --output json ${flags}`);
    return JSON.parse(stdout).policyIssues;
  }

  /** The times of a finding. Pulumi's API does not have all of them. */
  const timesOf = (id: string) =>
    world.admin.json<{ firstSeenAt: string; lastSeenAt: string; resolvedAt?: string }>(
      `quillon finding show ${id} --json`,
    );
  /** Enables the pack with this level of its policy. */
  const setLevel = (enforcementLevel: string) =>
    world.admin.ok(
      `pulumi policy enable acme/pets latest --config ${configFile(world, "level.json", { "two-words": { enforcementLevel } })}`,
    );
  const now = () => new Date().toISOString();

  test("it is opened, triaged, fixed, and opened again", async () => {
    await setLevel("mandatory");
    await terminal.ok("pulumi config set length 1");
    expect(await terminal.fails("pulumi up --yes")).toMatch("[mandatory]");
    expect(await issues()).toEqual([]);
    expect(await world.admin.ok("quillon finding predicted")).toMatch(/yes +pets@1\.0\.0 two-words +pets\/dev/);
    await setLevel("advisory");
    await terminal.ok("pulumi preview --config length=1");
    expect(await issues()).toEqual([]);
    expect(await world.admin.ok("quillon finding predicted")).toMatch(/no +pets@1\.0\.0 two-words +pets\/dev/);
    const before = now();
    await up(1);
    expect(await world.admin.json("quillon finding predicted --json")).toEqual([]);
    const [issue] = await issues("--stack pets/dev --severity high --severity low --status open --sort severity:desc");
    expect(issue).toMatchObject({ resourceName: "rex", policyName: "two-words", status: "open", level: "advisory" });
    const { id } = issue;
    const opened = await timesOf(id);
    const seen = [before, opened.firstSeenAt, now()];
    expect(seen.toSorted()).toEqual(seen);
    expect(opened.lastSeenAt).toBe(opened.firstSeenAt);
    expect(await terminal.ok(`pulumi policy issue get ${id} --org acme`)).toMatch("A pet's name has two words.");
    const edited = await terminal.ok(`pulumi policy issue edit ${id} --org acme --priority p1 --assignee admin`);
    expect(edited).toMatch("p1");
    const refused = await terminal.fails(`pulumi policy issue edit ${id} --org acme --status ignored`);
    expect(refused).toMatch("needs a reason and an expiresAt");
    await world.admin.ok(`quillon finding edit ${id} --status ignored --reason "It is a small pet." --until 30d`);
    const shown = await world.admin.ok(`quillon finding show ${id}`);
    expect(shown).toMatch(/Status: +ignored\nReason: +It is a small pet\.\nUntil: +20/);
    await world.admin.ok(`quillon finding edit ${id} --status open`);
    expect(await world.admin.ok("quillon finding ls --stack pets/dev")).toMatch(
      /open +advisory +high +pets@1\.0\.0 two-words/,
    );
    expect(await terminal.ok("pulumi policy issue export --org acme")).toMatch("This pet's name is too short.");

    await up(2);
    expect(await issues()).toEqual([]);
    expect(await issues("--closed")).toMatchObject([{ id, status: "fixed" }]);
    const { resolvedAt: resolved = "", ...fixed } = await timesOf(id);
    expect(fixed).toMatchObject({ firstSeenAt: opened.firstSeenAt, lastSeenAt: opened.lastSeenAt });
    expect(resolved > opened.lastSeenAt).toBe(true);

    await up(1);
    expect(await issues("--assigned-to admin")).toMatchObject([{ id, status: "open", priority: "p1", reopenCount: 1 }]);
    const again = await timesOf(id);
    expect(again).toMatchObject({ firstSeenAt: opened.firstSeenAt });
    expect(again).not.toHaveProperty("resolvedAt");
    expect(again.lastSeenAt > resolved).toBe(true);
  });

  test("what a preview showed is written for a pipeline, which can fail because of it", async () => {
    const printed = await terminal.ok("pulumi preview --config length=1");
    const results = (flags: string) => terminal.run(`quillon results acme/pets/dev ${flags}`);
    const table = await results("");
    expect(table.code).toBe(0);
    expect(table.stdout).toMatch(
      /advisory +high +pets@1\.0\.0 two-words +pets\/dev +rex +This pet's name is too short\./,
    );
    const [, id] =
      /In preview (\S+) of pets\/dev, succeeded: 0 mandatory and 1 advisory violation,/.exec(table.all) ?? [];
    expect(printed).toContain(`/previews/${id}`);

    const sarif = JSON.parse((await results(`--update ${id} --output sarif`)).stdout).runs[0];
    expect(sarif).toMatchObject({ automationDetails: { id: `quillon/acme/pets/dev/${id}` } });
    expect(sarif.results).toMatchObject([{ ruleId: "pets/two-words", level: "warning" }]);
    expect((await results("--output junit")).stdout).toMatch(/<testsuite name="pets@1\.0\.0" tests="1" failures="1"/);
    const file = join(terminal.dir, "policies.md");
    expect((await results(`--output markdown --output-file ${file} --fail-on mandatory`)).code).toBe(0);
    expect(await readFile(file, "utf8")).toMatch("### ⚠️ 1 advisory violation in the preview of");
    expect((await results("--output csv --fail-on advisory")).code).toBe(2);
    const deployed = await terminal.json<{ counts: object }>("quillon results --findings --org acme --output json");
    expect(deployed.counts).toMatchObject({ advisory: 1 });
  });

  test("scores follow the last update, and an update that can't load its packs is an error", async () => {
    const scores = () => terminal.json("pulumi policy compliance list --org acme --output json");
    expect(await scores()).toEqual({ columns: ["pets"], rows: [{ entityName: "pets/dev", scores: [0] }] });
    await up(2);
    expect(await scores()).toEqual({ columns: ["pets"], rows: [{ entityName: "pets/dev", scores: [100] }] });
    expect(await terminal.ok("pulumi policy compliance list --org acme --group-by severity")).toMatch(/high.*100%/);
    expect(await terminal.ok("pulumi policy compliance list --org acme --group-by account")).toMatch(
      "No compliance results",
    );
    expect(await world.admin.ok("quillon compliance ls")).toMatch(/pets\/dev +pets@1\.0\.0 +100% +1\/1 +0 +1\/1 .* no/);
    writeFiles(world.dir, { broken: "" });
    await terminal.fails("pulumi up --yes --skip-preview");
    rmSync(join(world.dir, "broken"));
    expect(await terminal.ok("pulumi policy compliance list --org acme")).toMatch(/pets\/dev.*ERR/);
  });

  test("a finding follows a resource that is renamed in the state, and is fixed when it is deleted there", async () => {
    await up(1);
    const [{ id, resourceURN, policyGroupName }] = await issues("--group default-policy-group");
    expect(policyGroupName).toBe("default-policy-group");
    await terminal.ok(`pulumi state rename --yes '${resourceURN}' max`);
    expect(await issues()).toMatchObject([{ id, resourceName: "max" }]);
    expect(await world.admin.ok("quillon finding ls --group-by resource --stack pets/dev")).toMatch(
      /two-words +pets +max +dev /,
    );
    await terminal.ok(`pulumi state delete --yes '${resourceURN.replace(/rex$/, "max")}'`);
    expect(await issues()).toEqual([]);
    expect(await issues("--closed")).toMatchObject([{ id, status: "fixed" }]);
  });

  test("what a preview of one branch shows is touched by no other's, and a real update that passes takes all back", async () => {
    const predicted = async () => {
      const all = await world.admin.json<{ source: string }[]>("quillon finding predicted --json");
      return all.map(({ source }) => source).sort();
    };
    await terminal.ok("git init --quiet --initial-branch=one");
    await terminal.ok("git -c user.name=a -c user.email=a@b.example commit --quiet --allow-empty --message=one");
    await terminal.ok("pulumi preview --config length=1");
    await terminal.ok("git checkout --quiet -b two");
    await terminal.ok("pulumi preview --config length=1");
    expect(await predicted()).toEqual(["branch:one", "branch:two"]);
    await terminal.ok("pulumi preview --config length=2");
    expect(await predicted()).toEqual(["branch:one"]);
    // https://github.com/pulumi/pulumi/blob/v3.274.1/sdk/go/common/util/ciutil/generic.go
    const ofPullRequest = terminal.with({ PULUMI_CI_SYSTEM: "e2e", PULUMI_PR_NUMBER: "7" });
    await ofPullRequest.ok("pulumi preview --config length=1");
    expect(await predicted()).toEqual(["branch:one", "pr:7"]);
    await up(2);
    expect(await predicted()).toEqual([]);
  });

  test("a finding is withdrawn when its pack is disabled, and stays when its stack is removed", async () => {
    await up(1);
    await world.admin.ok("pulumi policy disable acme/pets");
    expect(await issues()).toEqual([]);
    expect(await issues("--closed --status ignored")).toMatchObject([{ status: "ignored" }]);
    expect(await world.admin.ok("quillon finding ls --closed")).toMatch("withdrawn");
    await terminal.ok("pulumi stack rm --yes --force");
    expect(await world.admin.ok("quillon finding ls --closed")).toMatch(/withdrawn .* pets\/dev \(removed\)/);
  });
});
