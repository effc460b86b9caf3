import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { NodePack } from "./pack.ts";
import type { Problem } from "./problems.ts";

const FILE = "PulumiPolicy.yaml";
const LOADS = /^(-r|--(require|import|loader|experimental-loader))(=|$)/;
const CHOOSES = /^(-C|--conditions)(=|$)/;

/** Arguments of Node.js in PulumiPolicy.yaml that have it load modules, which would be looked for where nothing is installed, or load others. */
export function modulesOfNodeArguments({ directory }: NodePack): Problem[] {
  const yaml = readFileSync(join(directory, FILE), "utf8");
  const { nodeargs } = (parse(yaml).runtime as { options?: { nodeargs?: unknown } }).options ?? {};
  const words = typeof nodeargs === "string" ? nodeargs.split(/\s+/) : [];
  const given = words.find((word) => LOADS.test(word) || CHOOSES.test(word));
  if (given === undefined) return [];
  const line = yaml.split("\n").findIndex((one) => one.includes("nodeargs")) + 1;
  const text = CHOOSES.test(given)
    ? `nodeargs has Node.js choose other files of packages with ${given}, and in a bundle they are chosen without it`
    : `nodeargs has Node.js load a module with ${given}, which a bundle does not carry`;
  return [{ file: FILE, line, text }];
}
