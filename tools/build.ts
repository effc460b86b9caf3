// npm run build: the server and the command line, each one file, the SDK as pack authors get it, and the console's pages. `npm run
// check` checks the types.
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { build as buildPages } from "vite";
import { readPackage } from "../packages/bundle/src/carried-packages.ts";
import { buildSdk } from "../packages/sdk/build.ts";
import { bundleBundle, cliBundle, serverBundle, standInBundle } from "./bundles.ts";
import { repositoryDir } from "./repository.ts";

export async function main(): Promise<void> {
  for (const name of ["server", "cli", "bundle"])
    await rm(join(repositoryDir, "packages", name, "dist"), { recursive: true, force: true });
  await Promise.all([build(serverBundle), build(cliBundle), buildSdk().then(buildBundle), buildConsole()]);
}

/** What `quillon policy publish` loads. It takes the SDK as it was built. */
async function buildBundle(packagesOfSdk: string[]): Promise<void> {
  await Promise.all([build(bundleBundle), build(standInBundle)]);
  await buildBootFile();
  const sdk = join(repositoryDir, "packages/sdk/dist");
  const { engines } = JSON.parse(await readFile(join(sdk, "package.json"), "utf8"));
  const facts = { node: engines.node, packages: [sdk, ...packagesOfSdk].map(readPackage) };
  await writeFile(join(repositoryDir, "packages/bundle/dist/boot.json"), JSON.stringify(facts));
}

/** The SDK as bundled packs carry it: the file that the engine's launchers start. Errors name the author's files and lines. */
async function buildBootFile(): Promise<void> {
  const core = await readFile(join(repositoryDir, "packages/sdk/dist/core.js"), "utf8");
  const start = "process.setSourceMapsEnabled(true);module.exports.boot(process.argv.slice(2));";
  await writeFile(join(repositoryDir, "packages/bundle/dist/boot.js"), `${core}if(require.main===module){${start}}\n`);
}

/** The server sends these files as they are. */
async function buildConsole(): Promise<void> {
  await buildPages({ configFile: join(repositoryDir, "packages/console/vite.config.ts"), logLevel: "error" });
}
