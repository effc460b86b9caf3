import { spawnSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { repositoryDir } from "../../tools/repository.ts";
import { keyOf, preparedFolder } from "./prepared.ts";

const fixtures = join(repositoryDir, "e2e/fixtures/bundled-packs");

/** The packs of `e2e/fixtures/bundled-packs`, by name. */
export const bundledPacks = readdirSync(join(fixtures, "packs")).sort();

/** A copy of the fixtures in which everything that the packs import is installed. */
export function installedPacks(): string {
  const files = (readdirSync(fixtures, { recursive: true }) as string[]).filter(isFile).sort();
  const sources = files.flatMap((path) => [path, readFileSync(join(fixtures, path))]);
  return preparedFolder(keyOf(process.version, ...sources), install);
}

const isFile = (path: string) => !path.includes("node_modules") && statSync(join(fixtures, path)).isFile();

function install(dir: string): string {
  cpSync(fixtures, dir, { recursive: true, filter: (path) => !path.endsWith("node_modules") });
  console.log("installing what the packs of bundled-same.test.ts import (once)");
  // Old providers download their program in a script, which no policy needs.
  const args = ["ci", "--prefer-offline", "--ignore-scripts"];
  const { status, stderr } = spawnSync("npm", args, { cwd: dir, encoding: "utf8" });
  if (status !== 0) throw new Error(`npm ci failed for a copy of ${fixtures}:\n${stderr}`);
  return dir;
}

/** A resource as the engine knows it, written shorter: others are named by their names. */
export interface RecordedResource {
  type: string;
  name: string;
  properties: object;
  options?: object;
  parent?: string;
  dependencies?: string[];
  propertyDependencies?: Record<string, string[]>;
  provider?: { type: string; name: string; properties: object };
}

export function recordedResources(): RecordedResource[] {
  return JSON.parse(readFileSync(join(fixtures, "resources.json"), "utf8"));
}
