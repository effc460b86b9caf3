import { existsSync } from "node:fs";
import { echoProvider, unpackArchives } from "../../tools/toolchain/paths.ts";
import { quillonProgram } from "./built.ts";
import { installedPacks } from "./bundled-packs.ts";
import { preparedModules } from "./modules.ts";

/** Runs once before all tests: checks that the programs are built, and installs the SDKs and packs before test files run in parallel. */
export function setup(): void {
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
}
