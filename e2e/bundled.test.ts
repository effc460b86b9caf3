import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newerCli, pinnedCli } from "../tools/toolchain/clis.ts";
import { cutOff } from "./harness/cut-off.ts";
import { hasPulumi, withPulumi } from "./harness/other-cli.ts";
import { example } from "./harness/sources.ts";
import type { Terminal } from "./harness/terminal.ts";
import { consoleUrl, openWorld, type World } from "./harness/world.ts";

let world: World;
let author: Terminal;

beforeAll(async () => {
  world = await openWorld();
  author = world.admin;
});

afterAll(() => world.close());

describe("quillon policy publish", () => {
  test("publishes a pack in TypeScript with a provider's types as one bundle, in the words of pulumi policy publish", async () => {
    const { code, stdout, stderr } = await author
      .in(example(world, "packs/passwords"))
      .run("quillon policy publish acme");
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: [
        "Looking for what the pack needs ...",
        "Compiling ...",
        "Bundling ...",
        "Comparing the bundle with the pack as it is ...",
        "The bundle runs on @quillon/policy@0.1.0 in the place of @pulumi/policy@1.21.0.",
        "Policy groups that follow the pack have it now. For others: quillon policy enable acme/passwords 1.0.0",
        "",
      ].join("\n"),
    });
    expect(stdout.split("\n")).toEqual([
      "Obtaining policy metadata from policy plugin",
      "Compressing policy pack",
      "Uploading policy pack to Quillon",
      'Publishing "passwords" - version 1.0.0 to "acme"',
      "Published as version 1.0.0",
      "",
      `Permalink: ${consoleUrl}/acme/insights/policypacks/passwords/1.0.0`,
      "",
    ]);
    await author.ok("pulumi policy enable acme/passwords latest");
  });

  test("what it needs on a client, and what travels in it, is known of the pack, and its sources are kept", async () => {
    expect(await author.ok("quillon policy ls acme")).toMatch(
      /^passwords +1\.0\.0 +Node\.js >=20\.19, npm, no package registry +default-policy-group@1\.0\.0$/m,
    );
    expect(await author.ok("quillon policy ls acme --dependency @pulumi/random@4.21.2")).toMatch(
      /^passwords +1\.0\.0 +@pulumi\/random@4\.21\.2 +Apache-2\.0 +default-policy-group$/m,
    );
    const bill = JSON.parse(await author.ok("quillon policy bom passwords --org acme"));
    expect(bill.components.map(({ name }: { name: string }) => name)).toContain("random");
    await author.ok("quillon policy sources passwords@1.0.0 sources.tgz --org acme");
    expect(await author.ok("tar tzf sources.tgz")).toContain("package/index.ts");
  });

  test("refuses what is for other packs, or for another list", async () => {
    const at = author.in(join(world.dir, "packs/passwords"));
    expect(await at.fails("quillon policy publish acme --python 3.12")).toContain(
      "--python and --platform are for packs in Python",
    );
    expect(await at.fails("quillon policy publish acme --no-venv")).toContain("--no-venv is for packs in Python");
    expect(await at.fails("quillon policy ls acme --all")).toContain("--all goes with --dependency");
  });

  test("refuses at once whoever may not publish, an organization that is not there, and sources in a pack's folder", async () => {
    const at = author.in(join(world.dir, "packs/passwords"));
    const token = (await author.run("quillon user add bob --role member --org acme")).stdout.trim();
    const member = world.person("bob", token).in(join(world.dir, "packs/passwords"));
    for (const [printed, wanted] of [
      [await member.fails("quillon policy publish acme"), "publishing policy packs needs the role policy-manager or"],
      [await at.fails("quillon policy publish nowhere"), "nowhere"],
    ] as const) {
      expect(printed).toContain(wanted);
      expect(printed).not.toContain("Obtaining policy metadata");
    }
    expect(await at.fails("quillon policy sources passwords --org acme")).toContain(
      "is in the folder of a policy pack",
    );
  });

  test("says that a version exists, and publishes nothing", async () => {
    const printed = await author.in(join(world.dir, "packs/passwords")).fails("quillon policy publish acme");
    expect(printed).toContain(
      "Version 1.0.0 of policy pack passwords is published already, and a version never changes.",
    );
    expect(printed).not.toContain("Uploading");
  });
});

describe("quillon policy bundle", () => {
  test("publishes a version that is not bundled again as one bundle, which says of which version it is", async () => {
    await author.in(example(world, "packs/buckets")).ok("pulumi policy publish acme");
    expect(await author.ok("quillon policy bundle acme/buckets@1.0.0")).toContain(
      `Permalink: ${consoleUrl}/acme/insights/policypacks/buckets/1.0.0-bundled`,
    );
    const { metadata } = await author.json<{ metadata: Record<string, string> }>(
      `curl -sf -H "authorization: token ${world.adminToken}" ${world.server.url}/api/orgs/acme/policypacks/buckets/versions/latest`,
    );
    expect(metadata).toMatchObject({ "quillon.bundledFrom": "1.0.0" });
  });

  test.each([
    [
      "acme/buckets@1.0.0 --as 3.0.0",
      "Version 1.0.0-bundled is newer than 1.0.0, and policy groups that follow buckets will get the bundle of 1.0.0 in its place. Publish it with --yes if that is wanted.",
    ],
    ["acme/buckets@1.0.0", "Version 1.0.0-bundled of policy pack buckets is published already"],
    ["acme/buckets@latest --as 2.0.0", "This version is one bundle already: it needs no installing."],
    ["acme/buckets@9.9.9", "9.9.9"],
    ["acme/buckets@1@2", "acme/buckets@1@2 is not ORG/PACK@VERSION."],
  ])("%s is refused", async (what, wanted) => {
    expect(await author.fails(`quillon policy bundle ${what}`)).toContain(wanted);
  });
});

describe.each([pinnedCli, newerCli])("a bundled pack under Pulumi CLI $version", (cli) => {
  test.skipIf(!hasPulumi(cli))("is enforced on a machine without a network that has never seen it", async () => {
    const far = await cutOff(withPulumi(cli, world.person(`far-${cli.version}`, world.adminToken)), world.server);
    try {
      const alone = far.terminal.with({ npm_config_cache: join(world.dir, `empty-${cli.version}`) });
      expect(await alone.fails("npm ping --fetch-retries=0")).toContain("npm error");
      const at = alone.in(example(world, "programs/passwords"));
      await at.ok(`pulumi stack init acme/far-${cli.version.replaceAll(".", "-")}`);
      const preview = await at.fails("pulumi preview");
      expect(preview).toContain("❌ passwords@v1.0.0");
      expect(preview).toContain("A password needs at least 16 characters, and this one gets 8.");
      await at.ok("pulumi config set length 20");
      expect(await at.ok("pulumi preview")).toContain("✅ passwords@v1.0.0");
      const installed = join(alone.env.PULUMI_HOME ?? "", "policies/acme/pulumi-analyzer-passwords-v1.0.0");
      const manifests = readdirSync(installed, { recursive: true }).filter((path) =>
        /package\.json$/.test(String(path)),
      );
      expect(manifests.sort()).toEqual(["node_modules/@pulumi/pulumi/package.json", "package.json"]);
    } finally {
      far.close();
    }
  });
});
