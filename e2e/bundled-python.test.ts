import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newerCli, olderCli, pinnedCli } from "../tools/toolchain/clis.ts";
import { cutOff } from "./harness/cut-off.ts";
import { writeFiles } from "./harness/files.ts";
import { hasPulumi, withPulumi } from "./harness/other-cli.ts";
import { hasPython, pipEnvironment, requirements } from "./harness/python.ts";
import { example } from "./harness/sources.ts";
import type { Terminal } from "./harness/terminal.ts";
import { consoleUrl, openWorld, type World } from "./harness/world.ts";

/** Says that it starts. */
const policies = (name: string) => `import sys
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy

sys.stderr.write("${name} starts\\n")

with open("least.txt") as file:
    least = int(file.read())


def is_long(args, report):
    if args.resource_type == "random:index/randomPassword:RandomPassword" and args.props["length"] < least:
        report(f"A password needs at least {least} characters.")


PolicyPack(
    name="${name}",
    policies=[
        ResourceValidationPolicy(
            name="is-long",
            description="A password is long enough.",
            enforcement_level=EnforcementLevel.MANDATORY,
            validate=is_long,
        )
    ],
)
`;

const project = "runtime:\n  name: python\n  options:\n    virtualenv: ../mine\n";

describe.skipIf(!hasPython())("a policy pack in Python", () => {
  let world: World;
  let author: Terminal;

  beforeAll(async () => {
    world = await openWorld();
    const pack = writeFiles(join(world.dir, "packs/lengths"), {
      "PulumiPolicy.yaml": `${project}version: 1.2.3\n`,
      "requirements.txt": requirements.join("\n"),
      "__main__.py": policies("lengths"),
      "least.txt": "16",
    });
    writeFiles(join(world.dir, "packs/quick"), {
      "PulumiPolicy.yaml": `${project}version: 1.2.3\n`,
      "requirements.txt": requirements.join("\n"),
      "__main__.py": policies("quick"),
      "least.txt": "16",
    });
    author = world.admin.in(pack).with(pipEnvironment());
    await author.ok("python3 -m venv ../mine && ../mine/bin/pip install --quiet -r requirements.txt");
  });
  afterAll(() => world.close());

  test("is published with the wheels of all that it needs", async () => {
    const { code, stdout, stderr } = await author.run("quillon policy publish acme --require-bundled");
    expect({ code, said: stderr.split("\n") }).toEqual({
      code: 0,
      said: [
        "Looking for what the pack needs ...",
        "Bundling ...",
        "Comparing the bundle with the pack as it is ...",
        expect.stringMatching(/^For Python 3\.\d+ on \w+-\w+; others by --python and --platform\.$/),
        "Policy groups that follow the pack have it now. For others: quillon policy enable acme/lengths 1.2.3",
        "",
      ],
    });
    expect(stdout).toContain(`Permalink: ${consoleUrl}/acme/insights/policypacks/lengths/1.2.3`);
    await author.ok("pulumi policy enable acme/lengths latest");
  });

  test("is published to be started by Node.js, without a virtual environment", async () => {
    const quick = author.in(join(world.dir, "packs/quick"));
    expect(await quick.ok("quillon policy publish acme --require-bundled --no-venv")).toContain(
      `Permalink: ${consoleUrl}/acme/insights/policypacks/quick/1.2.3`,
    );
    await author.ok("pulumi policy enable acme/quick latest");
    const { stdout } = await author.run("python3 -c \"import sys; print('%d.%d' % sys.version_info[:2])\"");
    const listed = await author.ok("quillon policy ls acme");
    const python = `Python ${stdout.trim()}`.replace(".", "\\.");
    expect(listed).toMatch(new RegExp(` ${python}, pip, \\w+-\\w+, no package registry `));
    expect(listed).toMatch(new RegExp(` Node\\.js >=20, npm, ${python}, \\w+-\\w+, no package registry `));
  });

  test("what travels in it is known, with licences", async () => {
    const found = await author.ok("quillon policy ls acme --dependency 'pulumi-policy@<2'");
    expect(found).toMatch(/^lengths +1\.2\.3 +pulumi-policy@1\.21\.0 +Apache 2\.0 /m);
    expect(found).toMatch(/^quick +1\.2\.3 +pulumi-policy@1\.21\.0 +Apache 2\.0 /m);
    const { components } = await author.json<{ components: object[] }>("quillon policy bom quick --org acme");
    expect(components).toContainEqual(
      expect.objectContaining({
        name: "pulumi",
        version: "3.220.0",
        purl: "pkg:pypi/pulumi@3.220.0",
        licenses: [{ license: { id: "Apache-2.0" } }],
        evidence: expect.anything(),
      }),
    );
  });

  test.each<[options: string, wanted: string, files?: Record<string, string>]>([
    ["--python 2.7", "2.7 is no version of Python, such as 3.12."],
    ["--keep-sdk", "--keep-sdk is for packs for Node.js"],
    ["--platform amiga", "amiga is no platform. Known are linux-x86_64, "],
    [
      "--require-bundled",
      "requirements.txt:3: ./shared is not asked of a package index, so it has no wheel that could travel",
      { "requirements.txt": [...requirements, "./shared"].join("\n") },
    ],
    ["--no-venv --no-bundle", "--no-venv makes a bundle, and --no-bundle none"],
    ["--require-bundled", "wheels travel only with packs that pip installs", { "poetry.lock": "" }],
  ])("is not published with %s: %s", async (options, wanted, files = {}) => {
    const other = { "PulumiPolicy.yaml": `${project}version: 2.0.0\n`, "requirements.txt": requirements.join("\n") };
    const pack = writeFiles(join(world.dir, "packs/others"), {
      "__main__.py": policies("others"),
      "least.txt": "1",
      ...other,
      ...files,
    });
    expect(await author.in(pack).fails(`quillon policy publish acme ${options}`)).toContain(wanted);
  });

  const both = ["lengths", "quick"];
  // With the oldest CLI only what installs nothing, which takes few seconds.
  const clis = [
    { ...pinnedCli, packs: both },
    { ...newerCli, packs: both },
    { ...olderCli, packs: ["quick"] },
  ];
  test.each(clis.filter(hasPulumi))(
    "$packs is enforced under Pulumi CLI $version on a machine without a network that has never seen it",
    async (cli) => {
      if (!cli.packs.includes("lengths")) await author.ok("pulumi policy disable acme/lengths");
      const far = await cutOff(withPulumi(cli, world.person(`far-${cli.version}`, world.adminToken)), world.server);
      try {
        const at = far.terminal.in(example(world, "programs/passwords"));
        await at.ok(`pulumi stack init acme/far-${cli.version.replaceAll(".", "-")}`);
        const preview = await at.fails("pulumi preview");
        for (const name of cli.packs) {
          expect(preview).toContain(`❌ ${name}@v1.2.3`);
          expect(preview).toContain(`${name} starts`);
        }
        expect(preview).toContain("A password needs at least 16 characters.");
        if (cli.packs !== both) return;
        await at.ok("pulumi config set length 20");
        const again = await at.ok("pulumi preview");
        for (const name of cli.packs) expect(again).toContain(`✅ ${name}@v1.2.3`);
      } finally {
        far.close();
      }
    },
  );
});
