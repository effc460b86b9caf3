import { execFileSync } from "node:child_process";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { writeFiles } from "../../e2e/harness/files.ts";
import { keyOf, preparedFolder } from "../../e2e/harness/prepared.ts";
import type { World } from "../../e2e/harness/world.ts";

/** Of some twenty lines: in JavaScript with the SDK alone, in TypeScript with the types of a large provider, and in Python. */
export type Kind = "plain" | "typed" | "python";

type NodeKind = Exclude<Kind, "python">;

const sdks = { "@pulumi/policy": "1.21.0", "@pulumi/pulumi": "3.220.0" };

const dependencies: Record<NodeKind, Record<string, string>> = {
  plain: sdks,
  typed: { ...sdks, "@pulumi/aws": "7.14.0", typescript: "5.9.3" },
};

const sources: Record<NodeKind, (name: string) => Record<string, string>> = {
  plain: (name) => ({
    "index.js": `const { PolicyPack } = require("@pulumi/policy");
new PolicyPack("${name}", { policies: [{
  name: "password-length", description: "A password is long enough.", enforcementLevel: "mandatory",
  validateResource: ({ type, props }, report) => {
    if (type === "random:index/randomPassword:RandomPassword" && props.length < 8) report("This one is too short.");
  },
}] });`,
  }),
  typed: (name) => ({
    "tsconfig.json": JSON.stringify({
      compilerOptions: {
        target: "es2020",
        module: "commonjs",
        moduleResolution: "node",
        strict: true,
        skipLibCheck: true,
      },
    }),
    "index.ts": `import * as aws from "@pulumi/aws";
import { PolicyPack, validateResourceOfType } from "@pulumi/policy";
new PolicyPack("${name}", { policies: [{
  name: "bucket-not-public", description: "No bucket can be read by everybody.", enforcementLevel: "mandatory",
  validateResource: validateResourceOfType(aws.s3.Bucket, (bucket, _args, report) => {
    if (bucket.acl === aws.s3.CannedAcl.PublicRead) report("The bucket is open to everybody.");
  }),
}, {
  name: "instance-is-small", description: "No instance is large.", enforcementLevel: "advisory",
  validateResource: validateResourceOfType(aws.ec2.Instance, (instance, _args, report) => {
    if (instance.instanceType === aws.ec2.InstanceType.M5_Large) report("The instance is large.");
  }),
}] });`,
  }),
};

const inPython = (name: string) => `from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy


def is_long(args, report):
    if args.resource_type == "random:index/randomPassword:RandomPassword" and args.props["length"] < 8:
        report("This one is too short.")


PolicyPack(name="${name}", policies=[ResourceValidationPolicy(
    name="password-length", description="A password is long enough.",
    enforcement_level=EnforcementLevel.MANDATORY, validate=is_long,
)])
`;

/** Writes a pack with its dependencies installed. @returns its folder. */
export function layPack(world: World, { kind, name }: { kind: Kind; name: string }): string {
  return kind === "python" ? layPython(world, name) : layNode(world, kind, name);
}

function layPython({ dir }: World, name: string): string {
  const folder = writeFiles(join(dir, "packs", name), {
    "PulumiPolicy.yaml": "runtime: { name: python, options: { virtualenv: venv } }\nversion: 1.0.0\n",
    "requirements.txt": "pulumi==3.220.0\npulumi-policy==1.21.0\n",
    ".gitignore": "venv/\n",
    "__main__.py": inPython(name),
  });
  execFileSync("python3", ["-m", "venv", "venv"], { cwd: folder });
  execFileSync("venv/bin/pip", ["install", "--quiet", "-r", "requirements.txt"], { cwd: folder });
  return folder;
}

function layNode({ dir }: World, kind: NodeKind, name: string): string {
  const manifest = { name, version: "1.0.0", private: true, dependencies: dependencies[kind] };
  const main = kind === "plain" ? "index.js" : "index.ts";
  const folder = writeFiles(join(dir, "packs", name), {
    "PulumiPolicy.yaml": "runtime: nodejs\n",
    "package.json": JSON.stringify({ ...manifest, main }),
    ...sources[kind](name),
  });
  symlinkSync(installed(kind), join(folder, "node_modules"));
  return folder;
}

function installed(kind: NodeKind): string {
  const wanted = JSON.stringify({ private: true, dependencies: dependencies[kind] });
  const prepared = preparedFolder(keyOf(wanted, process.version), (dir) => {
    writeFiles(dir, { "package.json": wanted });
    execFileSync("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts"], { cwd: dir, stdio: "ignore" });
    return dir;
  });
  return join(prepared, "node_modules");
}
