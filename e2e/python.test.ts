import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeFiles } from "./harness/files.ts";
import { hasPython, pipEnvironment, requirements } from "./harness/python.ts";
import { program } from "./harness/sources.ts";
import { resourcesOf } from "./harness/state.ts";
import type { Terminal } from "./harness/terminal.ts";
import { openWorld, type World } from "./harness/world.ts";

const policies = `import sys
from pulumi_policy import (
    EnforcementLevel, PolicyConfigSchema, PolicyPack, ResourceValidationPolicy, StackValidationPolicy,
)


def two_words(args, report_violation):
    if args.resource_type.startswith("random:") and args.props["length"] < args.get_config()["least"]:
        report_violation(f"This pet needs {args.get_config()['least']:.0f} words.")


def talks(args, report_violation):
    if args.props.get("prefix"):
        report_violation(f"The prefix is {args.props['prefix']}")


def where(args, report_violation):
    report_violation(f"{len(args.resources)} resources checked in {sys.prefix}.")


PolicyPack(
    name="NAME",
    policies=[
        ResourceValidationPolicy(
            name="two-words",
            description="A pet's name has two words.",
            enforcement_level=EnforcementLevel.MANDATORY,
            config_schema=PolicyConfigSchema(properties={"least": {"type": "integer", "default": 2}}),
            validate=two_words,
        ),
        ResourceValidationPolicy(
            name="talks",
            description="Says what it sees.",
            enforcement_level=EnforcementLevel.ADVISORY,
            validate=talks,
        ),
        StackValidationPolicy(
            name="where",
            description="Says where it runs.",
            enforcement_level=EnforcementLevel.ADVISORY,
            validate=where,
        ),
    ],
)
`;

const pythonPets = `import sys
import pulumi


class Pet(pulumi.CustomResource):
    def __init__(self, name, length):
        options = pulumi.ResourceOptions(version="4.21.2")
        super().__init__("random:index/randomPet:RandomPet", name, {"length": length}, options)


Pet("rex", pulumi.Config().require_int("length"))
pulumi.export("prefix", sys.prefix)
`;

describe.skipIf(!hasPython())("policy packs in Python", () => {
  let world: World;
  let author: Terminal;
  let user: Terminal;
  /** The folder of a virtual environment with the SDKs, which a person uses for several projects. */
  let shared: string;

  beforeAll(async () => {
    world = await openWorld();
    const pip = pipEnvironment();
    author = world.admin.with(pip);
    user = world.person("user", world.adminToken).with(pip);
    shared = join(world.dir, "shared");
    await author.ok(`python3 -m venv shared && shared/bin/pip install ${requirements.join(" ")}`);
  });

  afterAll(() => world.close());

  function pythonPack(name: string, runtime: string): string {
    return writeFiles(join(world.dir, "packs", name), {
      "PulumiPolicy.yaml": `version: 1.0.0\nruntime: ${runtime}\n`,
      "requirements.txt": requirements.map((line) => `${line}\n`).join(""),
      ".gitignore": "venv/\n__pycache__/\n",
      "__main__.py": policies.replace("NAME", name),
    });
  }

  /** Activates a virtual environment, as `. DIR/bin/activate` does. */
  function activated(terminal: Terminal, dir: string): Terminal {
    return terminal.with({ VIRTUAL_ENV: dir, PATH: `${join(dir, "bin")}:${terminal.env.PATH}` });
  }

  /** The folder where the CLI installed a pack that it downloaded from the server. */
  function installed(terminal: Terminal, name: string): string {
    const policyDir = join(terminal.env.PULUMI_HOME ?? "", "policies");
    const found = readdirSync(policyDir, { recursive: true, encoding: "utf8" }).filter(
      (path) => path.endsWith("PulumiPolicy.yaml") && path.includes(name),
    );
    expect(found).toHaveLength(1);
    return join(policyDir, found[0] ?? "", "..");
  }

  describe.each([
    {
      name: "explicit",
      runtime: "{name: python, options: {virtualenv: venv}}",
      environment: "that names its virtual environment",
    },
    { name: "bare", runtime: "python", environment: "that names no virtual environment" },
  ])("a pack $environment", ({ name, runtime }) => {
    let inPack: Terminal;
    let inProgram: Terminal;

    beforeAll(async () => {
      inPack = author.in(pythonPack(name, runtime));
      const source = `const prefix = config.getSecret("prefix") ?? (config.get("made") && pulumi.secret(config.get("made")));
        resource("rex", { length: config.requireNumber("length"), prefix });`;
      inProgram = user.in(program(world, name, source));
      await inProgram.ok("pulumi stack init acme/dev");
      await inProgram.ok("pulumi config set length 1");
    });

    afterAll(() => author.ok(`pulumi policy disable acme/${name}`));

    test("is published from its author's environment", async () => {
      if (name === "explicit") await inPack.ok("python3 -m venv venv && venv/bin/pip install -r requirements.txt");
      const publisher = name === "explicit" ? inPack : activated(inPack, shared);
      expect(await publisher.ok("pulumi policy publish acme")).toContain(
        `Publishing "${name}" - version 1.0.0 to "acme"`,
      );
      await author.ok(`pulumi policy enable acme/${name} latest`);
    });

    test("stops another user's violating program, in a virtual environment that the CLI made for it", async () => {
      const preview = await inProgram.fails("pulumi preview");
      expect(preview).toContain(`❌ ${name}@v1.0.0`);
      expect(preview).toContain("[mandatory]  two-words  (random:index/randomPet:RandomPet: rex)");
      expect(preview).toContain("This pet needs 2 words.");
      expect(await inProgram.fails("pulumi up --yes --skip-preview")).toContain("This pet needs 2 words.");
      expect(await resourcesOf(inProgram)).toEqual([]);
      expect(readFileSync(join(installed(user, name), "PulumiPolicy.yaml"), "utf8")).toContain("virtualenv: venv");
    });

    test("lets the fixed program pass", async () => {
      await inProgram.ok("pulumi config set length 2");
      const up = await inProgram.ok("pulumi up --yes --skip-preview");
      expect(up).toContain(`⚠️ ${name}@v1.0.0`);
      expect(up).toContain(`resources checked in ${join(installed(user, name), "venv")}.`);
      expect(await resourcesOf(inProgram)).toEqual(["rex"]);
    });

    // One environment suffices, because these are the same for both.
    if (name === "bare") {
      test("tells secrets of an earlier state and of configuration, which the server masks", async () => {
        await inProgram.ok("pulumi config set made correct-horse && pulumi up --yes --skip-preview");
        expect(await inProgram.ok("pulumi up --yes --skip-preview")).toContain("The prefix is correct-horse");
        const results = "quillon results bare/dev --org acme --output json";
        const ofState = await inProgram.ok(results);
        expect(ofState).toContain("The prefix is [secret]");
        expect(ofState).not.toContain("correct-horse");
        await inProgram.ok("pulumi config set --secret prefix battery-staple && pulumi up --yes --skip-preview");
        const ofConfig = await inProgram.ok(results);
        expect(ofConfig).toContain("The prefix is [secret]");
        expect(ofConfig).not.toContain("battery-staple");
      });

      test("gets its configuration from the group", async () => {
        const dir = writeFiles(join(world.dir, "configurations"), { "three.json": '{ "two-words": { "least": 3 } }' });
        await author.ok(`pulumi policy enable acme/${name} latest --config ${join(dir, "three.json")}`);
        expect(await inProgram.fails("pulumi preview")).toContain("This pet needs 3 words.");
        await inProgram.ok("pulumi preview --config length=3");
      });
    }
  });

  describe("a program and a local pack without their own virtual environment", () => {
    let inProgram: Terminal;
    let preview: string;

    beforeAll(async () => {
      const files = { "Pulumi.yaml": "name: snakes\nruntime: python\n", "__main__.py": pythonPets };
      inProgram = author.in(writeFiles(join(world.dir, "programs", "snakes"), files));
      await inProgram.ok("pulumi stack init acme/dev");
      preview = `pulumi preview --policy-pack ${pythonPack("local", "python")}`;
    });

    test("use the activated virtual environment", async () => {
      const inShared = activated(inProgram, shared);
      expect(await inShared.fails(`${preview} --config length=1`)).toContain("This pet needs 2 words.");
      const fixed = await inShared.ok(`${preview} --config length=2`);
      expect(fixed).toContain(`resources checked in ${shared}.`);
      expect(fixed).toMatch(new RegExp(`prefix: "${shared}"`));
    });

    test("use the virtual environment of pipenv run", async () => {
      await author.ok("python3 -m venv tools && tools/bin/pip install pipenv");
      const { PATH } = inProgram.env;
      const person = inProgram.with({
        PATH: `${PATH}:${join(world.dir, "tools", "bin")}`,
        PIPENV_VENV_IN_PROJECT: "1",
      });
      const packages = requirements.map((line) => line.replace(/==(.*)/, ' = "==$1"\n'));
      writeFiles(inProgram.dir, { Pipfile: `[packages]\n${packages.join("")}` });
      await person.ok("pipenv install --skip-lock");
      expect(await person.fails(`pipenv run ${preview} --config length=1`)).toContain("This pet needs 2 words.");
      const fixed = await person.ok(`pipenv run ${preview} --config length=2`);
      const own = join(inProgram.dir, ".venv");
      expect(fixed).toContain(`resources checked in ${own}.`);
      expect(fixed).toMatch(new RegExp(`prefix: "${own}"`));
    });
  });
});
