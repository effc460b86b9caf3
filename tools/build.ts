// npm run build: the server and the command line, each one file, the SDK as pack authors get it, and the console's pages. `npm run
// check` checks the types.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { build as buildPages } from "vite";
import { buildSdk } from "../packages/sdk/build.ts";
import { cliBundle, serverBundle } from "./bundles.ts";
import { repositoryDir } from "./repository.ts";

export async function main(): Promise<void> {
  for (const name of ["server", "cli"])
    await rm(join(repositoryDir, "packages", name, "dist"), { recursive: true, force: true });
  await Promise.all([build(serverBundle), build(cliBundle), buildSdk(), buildConsole()]);
}

/** The server sends these files as they are. */
async function buildConsole(): Promise<void> {
  await buildPages({ configFile: join(repositoryDir, "packages/console/vite.config.ts"), logLevel: "error" });
}
