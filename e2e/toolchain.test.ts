// The pinned CLI with the stand-ins of tools/toolchain, without a server: programs, policy packs and providers work.
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findOnPath, findPulumi } from "../tools/toolchain/find.ts";
import { linkProvidersOf } from "../tools/toolchain/providers.ts";
import { expectSuccess, openFileBackend } from "./harness/file-backend.ts";
import { writeFiles } from "./harness/files.ts";

const backend = openFileBackend();
const { pulumi } = backend;
afterAll(() => backend.close());

function project(name: string, files: Record<string, string>): string {
  return writeFiles(join(backend.dir, name), files);
}

function manifest(dependencies: Record<string, string>): string {
  return JSON.stringify({ name: "p", version: "1.0.0", private: true, dependencies });
}

const typescriptProgram = {
  "Pulumi.yaml": "name: program\nruntime: nodejs\n",
  "package.json": manifest({ "@pulumi/pulumi": "3.220.0", "@pulumi/random": "4.21.2" }),
  "index.ts": `import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

class Measure implements pulumi.dynamic.ResourceProvider {
  async create(inputs: { question: string }) {
    return { id: "answer", outs: { ...inputs, letters: inputs.question.length } };
  }
}

class Question extends pulumi.dynamic.Resource {
  public readonly letters!: pulumi.Output<number>;
  constructor(name: string, question: pulumi.Input<string>) {
    super(new Measure(), name, { question, letters: undefined });
  }
}

const config = new pulumi.Config();
const pet = new random.RandomPet("pet", {
  length: config.getNumber("length") ?? 2,
  keepers: { token: config.requireSecret("token") },
});
export const petId = pet.id;
export const letters = new Question("question", "six by nine?").letters;
`,
};

const javascriptPack = {
  "PulumiPolicy.yaml": "runtime: nodejs\n",
  "package.json": manifest({ "@pulumi/pulumi": "3.220.0", "@pulumi/policy": "1.21.0" }),
  "index.js": `const { PolicyPack } = require("@pulumi/policy");

new PolicyPack("pets", {
  policies: [{
    name: "short-names",
    description: "A pet has a short name.",
    enforcementLevel: "mandatory",
    validateResource: ({ type, props }, report) => {
      if (type === "random:index/randomPet:RandomPet" && props.length > 2) report("a name of " + props.length + " words");
    },
  }],
});
`,
};

const pythonProgram = {
  "Pulumi.yaml": "name: python\nruntime: {name: python, options: {virtualenv: venv}}\n",
  "requirements.txt": "pulumi==3.220.0\npulumi-policy==1.21.0\n",
  "__main__.py": `import pulumi


class Box(pulumi.ComponentResource):
    def __init__(self, name, words):
        super().__init__("acme:index:Box", name, {"words": words})


config = pulumi.Config()
Box("box", config.get_int("words") or 2)
pulumi.export("token", config.require_secret("token"))
`,
};

const pythonPack = {
  "PulumiPolicy.yaml": "runtime: {name: python, options: {virtualenv: ../python/venv}}\n",
  "__main__.py": `from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy


def short(args, report):
    if args.resource_type == "acme:index:Box" and args.props["words"] > 2:
        report(f"a box of {args.props['words']:.0f} words")


PolicyPack(
    name="boxes",
    enforcement_level=EnforcementLevel.MANDATORY,
    policies=[ResourceValidationPolicy(name="short", description="A box is short.", validate=short)],
)
`,
};

describe.skipIf(findPulumi() === undefined)("the pinned Pulumi CLI", () => {
  describe("with Node.js", () => {
    let program: string;
    let pack: string;

    beforeAll(() => {
      program = project("program", typescriptProgram);
      pack = project("pack", javascriptPack);
      expectSuccess(pulumi(program, ["install", "--no-plugins"]));
      expectSuccess(backend.run(pack, ["npm", "install", "--loglevel=error"]));
      linkProvidersOf(program, backend.home);
      expectSuccess(pulumi(program, ["stack", "init", "dev"]));
      expectSuccess(pulumi(program, ["config", "set", "--secret", "token", "s3cret"]));
    });

    it("previews, updates and destroys a TypeScript program with a resource of the echo provider and a dynamic resource", () => {
      expect(expectSuccess(pulumi(program, ["preview"]))).toContain("+ 3 to create");
      expect(expectSuccess(pulumi(program, ["up", "--yes", "--skip-preview"]))).not.toContain("warning:");
      const outputs = JSON.parse(expectSuccess(pulumi(program, ["stack", "output", "--json"])));
      expect(outputs).toEqual({ letters: 12, petId: expect.stringMatching(/^pet-[0-9a-f]{8}$/) });
      expect(expectSuccess(pulumi(program, ["stack", "export"]))).not.toContain("s3cret");
      expect(expectSuccess(pulumi(program, ["preview"]))).toContain("3 unchanged");
      expect(expectSuccess(pulumi(program, ["refresh", "--yes", "--skip-preview"]))).toContain("3 unchanged");
      expect(expectSuccess(pulumi(program, ["destroy", "--yes", "--skip-preview"]))).toContain("- 3 deleted");
    });

    it("stops a preview that violates a local policy pack, and lets one pass that does not", () => {
      const stopped = pulumi(program, ["preview", "--config", "length=3", "--policy-pack", pack]);
      expect(stopped.status, stopped.output).not.toBe(0);
      expect(stopped.output).toContain("[mandatory]  short-names  (random:index/randomPet:RandomPet: pet)");
      expect(stopped.output).toContain("a name of 3 words");
      const passed = expectSuccess(pulumi(program, ["preview", "--config", "length=2", "--policy-pack", pack]));
      expect(passed).toContain("+ 3 to create");
    });

    it("says what to do when the pack's dependencies are not installed", () => {
      const bare = project("bare", { "PulumiPolicy.yaml": "runtime: nodejs\n", "package.json": manifest({}) });
      const { status, output } = pulumi(program, ["preview", "--policy-pack", bare]);
      expect(status, output).not.toBe(0);
      expect(output).toContain("npm install");
    });
  });

  describe.skipIf(findOnPath("python3") === undefined)("with Python", () => {
    it("makes a program's virtual environment, runs the program, and stops it when it violates a Python pack", () => {
      const program = project("python", pythonProgram);
      const pack = project("python-pack", pythonPack);
      expectSuccess(pulumi(program, ["install"]));
      expectSuccess(pulumi(program, ["stack", "init", "dev"]));
      expectSuccess(pulumi(program, ["config", "set", "--secret", "token", "s3cret"]));
      expectSuccess(pulumi(program, ["up", "--yes", "--skip-preview", "--policy-pack", pack]));
      const outputs = expectSuccess(pulumi(program, ["stack", "output", "--json", "--show-secrets"]));
      expect(JSON.parse(outputs)).toEqual({ token: "s3cret" });

      const stopped = pulumi(program, ["preview", "--config", "words=3", "--policy-pack", pack]);
      expect(stopped.status, stopped.output).not.toBe(0);
      expect(stopped.output).toContain("a box of 3 words");
      expect(expectSuccess(pulumi(program, ["destroy", "--yes", "--skip-preview"]))).toContain("- 2 deleted");
    });
  });
});
