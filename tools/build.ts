// npm run build: the server in one file, the command line in one for each command, the SDK as pack authors get it, and the console's pages. `npm run
// check` checks the types.
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BuildOptions, build } from "esbuild";
import { build as buildPages } from "vite";
import { readPackage } from "../packages/bundle/src/carried-packages.ts";
import { buildSdk } from "../packages/sdk/build.ts";
import { bundleBundle, cliBundle, serverBundle, standInBundle } from "./bundles.ts";
import { npmPack } from "./npm-pack.ts";
import { repositoryDir } from "./repository.ts";
import { bundledFolders, installedFolders, writeThirdParty } from "./third-party.ts";

export async function main(): Promise<void> {
  for (const name of ["server", "cli", "bundle"]) await rm(distOf(name), { recursive: true, force: true });
  await Promise.all([buildServer(), buildCli(), buildPolicy().then(buildBundle)]);
  packPolicy();
}

const distOf = (name: string) => join(repositoryDir, "packages", name, "dist");

async function buildServer(): Promise<void> {
  const [code, pages] = await Promise.all([foldersIn(serverBundle), buildConsole()]);
  await writeThirdParty(distOf("server"), [...code, ...pages]);
}

async function buildCli(): Promise<void> {
  await writeThirdParty(distOf("cli"), await foldersIn(cliBundle));
}

/** What pack authors get. @returns the folders of the packages that are in it. */
async function buildPolicy(): Promise<string[]> {
  const packages = await buildSdk();
  await writeThirdParty(distOf("sdk"), packages);
  return packages;
}

/** No registry has the SDK, so `quillon policy new` puts it into each pack that it makes. */
function packPolicy(): void {
  const stage = mkdtempSync(join(tmpdir(), "quillon-policy-"));
  try {
    cpSync(distOf("sdk"), stage, { recursive: true });
    npmPack(stage, distOf("cli"));
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

/** What `quillon policy publish` loads. It takes the SDK as it was built. */
async function buildBundle(packagesOfSdk: string[]): Promise<void> {
  const [code, standIns] = await Promise.all([foldersIn(bundleBundle), foldersIn(standInBundle)]);
  await buildBootFile();
  const sdk = distOf("sdk");
  const { engines } = JSON.parse(await readFile(join(sdk, "package.json"), "utf8"));
  const facts = { node: engines.node, packages: [sdk, ...packagesOfSdk].map(readPackage) };
  await writeFile(join(distOf("bundle"), "boot.json"), JSON.stringify(facts));
  await writeThirdParty(distOf("bundle"), [...code, ...standIns, ...packagesOfSdk]);
}

/** The SDK as bundled packs carry it: the file that the engine's launchers start. Errors name the author's files and lines. */
async function buildBootFile(): Promise<void> {
  const core = await readFile(join(distOf("sdk"), "core.js"), "utf8");
  const start = "process.setSourceMapsEnabled(true);module.exports.boot(process.argv.slice(2));";
  await writeFile(join(distOf("bundle"), "boot.js"), `${core}if(require.main===module){${start}}\n`);
}

/** The server sends these files as they are. @returns the folders of the packages that are in them. */
async function buildConsole(): Promise<string[]> {
  const built = await buildPages({
    configFile: join(repositoryDir, "packages/console/vite.config.ts"),
    logLevel: "error",
  });
  const outputs = [built].flat().flatMap((one) => ("output" in one ? one.output : []));
  return installedFolders(outputs.flatMap((one) => (one.type === "chunk" ? one.moduleIds : [])));
}

/** Builds. @returns the folders of the packages that are in it. */
async function foldersIn(bundle: BuildOptions): Promise<string[]> {
  const { metafile } = await build({ ...bundle, metafile: true });
  return metafile ? bundledFolders(metafile) : [];
}
