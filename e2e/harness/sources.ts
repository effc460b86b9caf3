import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryDir } from "../../tools/repository.ts";
import type { World } from "./world.ts";

type Example = `packs/${string}` | `programs/${string}`;

/** A copy of an example to work in. It finds its SDKs in the folder above. */
export function example({ dir }: World, name: Example): string {
  const copy = join(dir, name);
  cpSync(join(repositoryDir, "examples", name), copy, {
    recursive: true,
    filter: (path) => !path.endsWith("node_modules"),
  });
  return copy;
}

/** A policy pack of a test's own, in JavaScript. @param policies the source of the array of policies. */
export function pack({ dir }: World, name: string, { version = "1.0.0", folder = name, policies = "" }): string {
  const path = join(dir, "packs", folder);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, "PulumiPolicy.yaml"), "runtime: nodejs\n");
  writeFileSync(join(path, "package.json"), JSON.stringify({ name, version, private: true, main: "index.js" }));
  writeFileSync(
    join(path, "index.js"),
    `const { PolicyPack } = require("@pulumi/policy");\nnew PolicyPack("${name}", { policies: ${policies} });\n`,
  );
  return path;
}

/** A program of a test's own, in JavaScript, with `pulumi`, `config` and `resource(name, properties, options)` at hand. */
export function program({ dir }: World, name: string, source: string): string {
  const path = join(dir, "programs", name);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, "Pulumi.yaml"), `name: ${name}\nruntime: nodejs\nmain: index.js\n`);
  writeFileSync(join(path, "package.json"), JSON.stringify({ name, private: true, main: "index.js" }));
  writeFileSync(join(path, "index.js"), `${prelude}\n${source}\n`);
  return path;
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
