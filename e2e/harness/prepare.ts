import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { makeDatabaseFolder } from "../../packages/server/src/testing/database.ts";
import { repositoryDir } from "../../tools/repository.ts";
import { echoProvider, unpackArchives } from "../../tools/toolchain/paths.ts";
import { quillonProgram } from "./built.ts";
import { installedPacks } from "./bundled-packs.ts";
import { preparedModules } from "./modules.ts";

/**
 * Runs once before all tests: checks that the programs are built, and makes what test files share before they run in parallel: the
 * SDKs, the packs, and a database with its tables.
 *
 * @returns what removes the database after the tests
 */
export async function setup(): Promise<() => void> {
  for (const { path, command } of [
    { path: quillonProgram, command: "npm run build" },
    { path: echoProvider, command: "npm run toolchain" },
    { path: unpackArchives, command: "npm run toolchain" },
  ]) {
    if (!existsSync(path))
      throw new Error(`The end-to-end tests need ${path}, which does not exist. Build it with: ${command}`);
  }
  preparedModules();
  installedPacks();
  return prepareDatabase();
}

async function prepareDatabase(): Promise<() => void> {
  const cache = join(repositoryDir, ".cache", "e2e");
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "database-"));
  await makeDatabaseFolder(folder);
  process.env.QUILLON_TEST_DATABASE = folder;
  return () => rmSync(folder, { recursive: true });
}
