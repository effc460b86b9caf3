// npm run pack: makes `quillon` and `@quillon/policy` as people install them, two files for `npm install`. The same sources give the same
// bytes.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { main as build } from "./build.ts";
import { npmPack } from "./npm-pack.ts";
import { repositoryDir } from "./repository.ts";

/** What the built files import that is not in them, because it has files of its own that it looks for. */
const DEPENDENCIES = ["@electric-sql/pglite", "esbuild", "tinypool", "typescript"];

/** Our packages that `quillon` imports by name, each with what its manifest says of that. */
const INSIDE = { server: "./dist/server.js", bundle: "./dist/index.js" };

export async function main(): Promise<void> {
  await build();
  const folder = join(repositoryDir, ".cache", "pack");
  rmSync(folder, { recursive: true, force: true });
  for (const file of packAll(folder)) console.log(`${relative(repositoryDir, file)}  ${statSync(file).size} bytes`);
}

/**
 * Packs what is built.
 *
 * @returns the paths of both files, `quillon` first.
 */
export function packAll(folder: string): string[] {
  mkdirSync(folder, { recursive: true });
  const stage = mkdtempSync(join(tmpdir(), "quillon-pack-"));
  try {
    stageQuillon(join(stage, "quillon"));
    // The build has packed it, because what makes a policy pack must bring it.
    const policy = `quillon-policy-${readJson(packageDir("sdk", "package.json")).version}.tgz`;
    cpSync(packageDir("cli", "dist", policy), join(folder, policy));
    return [npmPack(join(stage, "quillon"), folder), join(folder, policy)];
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

const packageDir = (...path: string[]) => join(repositoryDir, "packages", ...path);

/** `quillon`, with our packages that it imports in its node_modules: npm takes those along that are named in `bundleDependencies`. */
function stageQuillon(to: string): void {
  const { version, license, engines, bin } = readJson(packageDir("cli", "package.json"));
  const shared = { version, license, type: "module", engines };
  copyBuilt("cli", to);
  for (const file of ["bin", "templates", "README.md"])
    cpSync(packageDir("cli", file), join(to, file), { recursive: true });
  cpSync(join(repositoryDir, "LICENSE"), join(to, "LICENSE"));
  for (const [name, entry] of Object.entries(INSIDE)) {
    const inside = join(to, "node_modules/@quillon", name);
    copyBuilt(name, inside);
    writeJson(join(inside, "package.json"), { name: `@quillon/${name}`, ...shared, exports: entry });
  }
  writeJson(join(to, "package.json"), {
    name: "quillon",
    description: "Policy as code for Pulumi, open and self-hosted.",
    ...shared,
    bin,
    dependencies: {
      ...lockedVersions(),
      ...Object.fromEntries(Object.keys(INSIDE).map((name) => [`@quillon/${name}`, version])),
    },
    bundleDependencies: Object.keys(INSIDE).map((name) => `@quillon/${name}`),
  });
}

/** Without the source maps, which are most of a build and which nothing loads that is installed. */
function copyBuilt(name: string, to: string): void {
  const dist = packageDir(name, "dist");
  cpSync(dist, join(to, "dist"), { recursive: true, filter: (path) => !path.endsWith(".map") });
}

/** The versions that the tests run with, not those that are the newest when somebody installs. */
function lockedVersions(): Record<string, string> {
  const { packages } = readJson(join(repositoryDir, "package-lock.json"));
  return Object.fromEntries(DEPENDENCIES.map((name) => [name, packages[`node_modules/${name}`].version]));
}

// biome-ignore lint/suspicious/noExplicitAny: manifests and the lock file are read for single values.
function readJson(path: string): any {
  return JSON.parse(readFileSync(path, "utf8"));
}

function writeJson(path: string, value: object): void {
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);
}
