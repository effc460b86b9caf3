// npm run build: the server and the command line, each one file, and the SDK as pack authors get it. `npm run check` checks
// the types.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { buildSdk } from "../packages/sdk/build.ts";
import { cliBundle, serverBundle } from "./bundles.ts";
import { repositoryDir } from "./repository.ts";

export async function main(): Promise<void> {
  for (const name of ["server", "cli"])
    await rm(join(repositoryDir, "packages", name, "dist"), { recursive: true, force: true });
  await Promise.all([build(serverBundle), build(cliBundle), buildSdk()]);
}
