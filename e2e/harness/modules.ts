import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { repositoryDir } from "../../tools/repository.ts";

const example = join(repositoryDir, "examples", "packs", "passwords");
const cache = join(repositoryDir, ".cache", "e2e");

/**
 * The node_modules that the tests' packs and programs find in a folder above them: those of the example pack, which
 * uses all the SDKs that the others use. Installed once for each lock file.
 */
export function preparedModules(): string {
  const lock = readFileSync(join(example, "package-lock.json"));
  const key = createHash("sha256").update(lock).update(process.version).digest("hex").slice(0, 16);
  const prepared = join(cache, key);
  if (!existsSync(prepared)) install(prepared);
  return join(prepared, "node_modules");
}

/** A rename makes it whole or not there, also beside another run that does the same. */
function install(prepared: string): void {
  mkdirSync(cache, { recursive: true });
  const unfinished = mkdtempSync(join(cache, "unfinished-"));
  for (const file of ["package.json", "package-lock.json"]) copyFileSync(join(example, file), join(unfinished, file));
  console.log("preparing the Pulumi SDKs for the end-to-end tests (once)");
  const { status, stderr } = spawnSync("npm", ["ci", "--prefer-offline"], { cwd: unfinished, encoding: "utf8" });
  if (status !== 0) throw new Error(`npm ci failed for a copy of ${example}:\n${stderr}`);
  if (existsSync(prepared)) rmSync(unfinished, { recursive: true });
  else renameSync(unfinished, prepared);
}
