import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { NodePack } from "./pack.ts";
import type { Problem } from "./problems.ts";

const FILE = "PulumiPolicy.yaml";
const LOADS = /^(-r|--(require|import|loader|experimental-loader))(=|$)/;

/** Arguments of Node.js in PulumiPolicy.yaml that have it load modules. They would be looked for where nothing is installed. */
export function modulesOfNodeArguments({ directory }: NodePack): Problem[] {
  const text = readFileSync(join(directory, FILE), "utf8");
  const { nodeargs } = (parse(text).runtime as { options?: { nodeargs?: unknown } }).options ?? {};
  const given = typeof nodeargs === "string" ? nodeargs.split(/\s+/).find((word) => LOADS.test(word)) : undefined;
  if (given === undefined) return [];
  const line = text.split("\n").findIndex((one) => one.includes("nodeargs")) + 1;
  return [
    { file: FILE, line, text: `nodeargs has Node.js load a module with ${given}, which a bundle does not carry` },
  ];
}
