import { chmodSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { linkSdk } from "../tools/link-sdk.ts";
import { newerCli } from "../tools/toolchain/clis.ts";
import { writeFiles } from "./harness/files.ts";
import { hasPulumi, withPulumi } from "./harness/other-cli.ts";
import { hasPython, pipEnvironment, requirements } from "./harness/python.ts";
import { program } from "./harness/sources.ts";
import type { Terminal } from "./harness/terminal.ts";
import { openWorld, type World } from "./harness/world.ts";

// How a newer CLI boots packs: through a language host's RunPlugin, behind the configuration proxy of Pulumi's Go SDK.

const config = "the stack's configuration: 3, 7 letters";

/** Reports what the pack knows about its stack through `@pulumi/pulumi`, the environment and ConfigureStack. */
const node = (sdk: string, name: string) => `
const pulumi = require("@pulumi/pulumi");
const { PolicyPack } = require("${sdk}");
if (process.env.POLICY_NOISE) console.log("noise while the pack loads");
if (process.env.POLICY_MISTAKE) throw new Error("a mistake in the pack");
const config = new pulumi.Config("pets");
new PolicyPack("${name}", { policies: [{
  name: "its-stack", description: "Reports its stack.", enforcementLevel: "mandatory",
  validateStack: ({ stackTags }, reportViolation) => reportViolation([
    "stack " + [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/"),
    "dry run " + pulumi.runtime.isDryRun(),
    "the stack's configuration: " + config.get("most") + ", " + config.get("password")?.length + " letters",
    "keys " + Object.keys(JSON.parse(process.env.PULUMI_CONFIG ?? "{}")).sort().join("+"),
    "tag " + stackTags?.get("env"),
  ].join("; ")),
}] });
`;

const python = `import json
import os
import pulumi
from pulumi_policy import EnforcementLevel, PolicyPack, StackValidationPolicy


def report_stack(args, report_violation):
    config = json.loads(os.environ.get("PULUMI_CONFIG", "{}"))
    names = [os.environ.get("PULUMI_" + name, "") for name in ("ORGANIZATION", "PROJECT", "STACK")]
    report_violation("; ".join([
        "stack " + "/".join(names),
        "dry run " + os.environ.get("PULUMI_DRY_RUN", ""),
        f"the stack's configuration: {config['pets:most']}, {len(config['pets:password'])} letters",
        "keys " + "+".join(sorted(config)),
        f"tag {args.stack_tags.get('env')}",
    ]))


PolicyPack(name="snakes", policies=[StackValidationPolicy(
    name="its-stack", description="Reports its stack.", enforcement_level=EnforcementLevel.MANDATORY, validate=report_stack,
)])
`;

describe.skipIf(!hasPulumi(newerCli))(`policy packs under Pulumi CLI ${newerCli.version}`, () => {
  let world: World;
  let author: Terminal;
  let inProgram: Terminal;

  beforeAll(async () => {
    world = await openWorld();
    const newer = withPulumi(newerCli, world.admin);
    author = newer.with({ PATH: `${brokenScripts()}:${newer.env.PATH}` });
    inProgram = author.in(program(world, "pets", 'resource("rex", { length: 2 });'));
    await inProgram.ok("pulumi stack init acme/dev");
    await inProgram.ok("pulumi stack tag set env test");
    await inProgram.ok("pulumi config set most 3");
    await inProgram.ok("pulumi config set --secret password hunter2");
  });

  afterAll(() => world.close());

  /** Scripts with the names of those with which older CLIs start packs. They fail, which shows that a newer CLI does not use them. */
  function brokenScripts(): string {
    const dir = join(world.dir, "scripts");
    for (const name of ["pulumi-analyzer-policy", "pulumi-analyzer-policy-python"]) {
      writeFiles(dir, { [name]: "#!/bin/sh\necho started by a script >&2\nexit 1\n" });
      chmodSync(join(dir, name), 0o755);
    }
    return dir;
  }

  function nodePack(name: string, sdk: string): Terminal {
    const dir = writeFiles(join(world.dir, "packs", name), {
      "PulumiPolicy.yaml": "runtime: nodejs\n",
      "package.json": JSON.stringify({ name, version: "1.0.0", main: "index.js" }),
      "index.js": node(sdk, name),
    });
    if (sdk === "@quillon/policy") linkSdk(dir);
    return author.in(dir);
  }

  const report = (dryRun: string) =>
    `stack acme/pets/dev; dry run ${dryRun}; ${config}; keys pets:most+pets:password; tag test`;

  describe.each(["@quillon/policy", "@pulumi/policy"])("on %s", (sdk) => {
    const name = sdk.slice(1).replace("/", "-");
    let inPack: Terminal;

    beforeAll(() => {
      inPack = nodePack(name, sdk);
    });

    test("are published, for which the CLI boots them without a stack", async () => {
      expect(await inPack.ok("pulumi policy publish acme")).toContain(`Publishing "${name}" - version 1.0.0 to "acme"`);
    });

    test("get the stack, its configuration and its tags from ConfigureStack and the environment", async () => {
      await author.ok(`pulumi policy enable acme/${name} latest`);
      const preview = await inProgram.fails("pulumi preview");
      expect(preview).toContain(`❌ ${name}@v1.0.0`);
      expect(preview).toContain(report("true"));
      expect(await inProgram.fails("pulumi up --yes --skip-preview")).toContain(report("false"));
      await author.ok(`pulumi policy disable acme/${name}`);
      expect(await inProgram.ok("pulumi up --yes --skip-preview")).not.toContain(name);
    });

    test("are booted from a local folder", async () => {
      expect(await inProgram.fails(`pulumi preview --policy-pack ${inPack.dir}`)).toContain(report("true"));
    });

    test("that fail to start stop the preview, which shows the reason", async () => {
      const mistaken = inProgram.with({ POLICY_MISTAKE: "1" });
      const printed = await mistaken.fails(`pulumi preview --policy-pack ${inPack.dir}`);
      expect(printed).toContain("a mistake in the pack");
    });
  });

  test("on @quillon/policy may log while they load", async () => {
    const noisy = inProgram.with({ POLICY_NOISE: "1" });
    const printed = await noisy.fails(`pulumi preview --policy-pack ${join(world.dir, "packs", "quillon-policy")}`);
    expect(printed).toContain(report("true"));
    expect(printed).toContain("noise while the pack loads");
  });

  test.skipIf(!hasPython())("in Python get the same", async () => {
    const inPack = author.with(pipEnvironment()).in(
      writeFiles(join(world.dir, "packs", "snakes"), {
        "PulumiPolicy.yaml": "version: 1.0.0\nruntime: {name: python, options: {virtualenv: venv}}\n",
        "requirements.txt": requirements.map((line) => `${line}\n`).join(""),
        "__main__.py": python,
      }),
    );
    await inPack.ok("python3 -m venv venv && venv/bin/pip install -r requirements.txt");
    await inPack.ok("pulumi policy publish acme");
    await author.ok("pulumi policy enable acme/snakes latest");
    const preview = await inProgram.with(pipEnvironment()).fails("pulumi preview");
    expect(preview).toContain("❌ snakes@v1.0.0");
    expect(preview).toContain(report("true"));
  });
});
