import { cpSync } from "node:fs";
import { join } from "node:path";
import { repositoryDir } from "../../tools/repository.ts";
import { writeFiles } from "./files.ts";
import type { World } from "./world.ts";

type Example = `packs/${string}` | `programs/${string}`;

/** Copies an example into the world, where it finds its SDKs in a folder above it. @returns the copy's path. */
export function example({ dir }: World, name: Example): string {
  const copy = join(dir, name);
  cpSync(join(repositoryDir, "examples", name), copy, {
    recursive: true,
    filter: (path) => !path.endsWith("node_modules"),
  });
  return copy;
}

/** Without the option Pulumi loads TypeScript for each of them, and none of them needs it. */
const javascript = "{name: nodejs, options: {typescript: false}}";

/** Writes a policy pack in JavaScript. @param policies the source of the array of policies. @returns the pack's path. */
export function pack(
  { dir }: World,
  name: string,
  { version = "1.0.0", folder = name, policies = "", sdk = "@pulumi/policy" },
): string {
  return writeFiles(join(dir, "packs", folder), {
    "PulumiPolicy.yaml": `runtime: ${javascript}\n`,
    "package.json": JSON.stringify({ name, version, private: true, main: "index.js" }),
    "index.js": `const { PolicyPack } = require("${sdk}");\nnew PolicyPack("${name}", { policies: ${policies} });\n`,
  });
}

/** Writes a program in JavaScript. @param source can use `pulumi`, `config` and `resource(name, properties, options)`. @returns the program's path. */
export function program({ dir }: World, name: string, source: string): string {
  return writeFiles(join(dir, "programs", name), {
    "Pulumi.yaml": `name: ${name}\nruntime: ${javascript}\nmain: index.js\n`,
    "package.json": JSON.stringify({ name, private: true, main: "index.js" }),
    "index.js": `${prelude}\n${source}\n`,
  });
}

const prelude = `
const pulumi = require("@pulumi/pulumi");
const config = new pulumi.Config();
class Pet extends pulumi.CustomResource {
  constructor(name, properties, options) {
    super("random:index/randomPet:RandomPet", name, properties, { version: "4.21.2", ...options });
  }
}
const resource = (name, properties = {}, options = {}) => new Pet(name, properties, options);
`;

/** The source of a policy that a pet whose `length` is below 2 violates. */
export const twoWords = `[{
  name: "two-words",
  description: "A pet's name has two words.",
  enforcementLevel: "advisory",
  severity: "high",
  validateResource: ({ type, props }, reportViolation) => {
    if (type.startsWith("random:") && props.length < 2) reportViolation("This pet's name is too short.");
  },
}]`;
