import { spawnSync } from "node:child_process";
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryDir } from "../../tools/repository.ts";
import { keyOf, preparedFolder } from "./prepared.ts";

const example = join(repositoryDir, "examples", "packs", "passwords");

/**
 * The node_modules for the packs and programs of the tests, which find it in a folder above them. It is that of the
 * example pack, which uses every SDK that the others use.
 */
export function preparedModules(): string {
  const lock = readFileSync(join(example, "package-lock.json"));
  return join(preparedFolder(keyOf(lock, process.version), install), "node_modules");
}

function install(dir: string): string {
  for (const file of ["package.json", "package-lock.json"]) copyFileSync(join(example, file), join(dir, file));
  console.log("preparing the Pulumi SDKs for the end-to-end tests (once)");
  const { status, stderr } = spawnSync("npm", ["ci", "--prefer-offline"], { cwd: dir, encoding: "utf8" });
  if (status !== 0) throw new Error(`npm ci failed for a copy of ${example}:\n${stderr}`);
  return dir;
}
