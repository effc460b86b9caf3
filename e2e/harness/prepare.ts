import { existsSync } from "node:fs";
import { echoProvider } from "../../tools/toolchain/paths.ts";
import { quillonProgram } from "./built.ts";
import { preparedModules } from "./modules.ts";

/** Once before all tests: what they run must be there, and the SDKs must not be installed by two files at a time. */
export function setup(): void {
  for (const { path, command } of [
    { path: quillonProgram, command: "npm run build" },
    { path: echoProvider, command: "npm run toolchain" },
  ]) {
    if (!existsSync(path)) throw new Error(`The end-to-end tests need ${path}. Make it with: ${command}`);
  }
  preparedModules();
}
