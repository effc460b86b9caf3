// npm run link-sdk -- DIR: puts the built @quillon/policy into a pack. No registry has the package. So it goes into the
// pack's node_modules and into `dependencies` and `bundleDependencies`. Then `npm pack`, and with it
// `pulumi policy publish`, includes it.
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Failure } from "./failure.ts";
import { repositoryDir } from "./repository.ts";

const NAME = "@quillon/policy";

export function main([directory = "."]: string[]): void {
  const { target, version } = linkSdk(resolve(directory));
  console.log(`${NAME} ${version} is in ${target}. It is published together with the pack.`);
}

/**
 * Puts the built SDK into a pack's node_modules, and names it in its manifest so that `npm pack` includes it.
 *
 * @param built the folder of the built package, by default this repository's
 * @throws Failure when the SDK is not built, or `directory` is not a pack
 */
export function linkSdk(
  directory: string,
  built: string = join(repositoryDir, "packages/sdk/dist"),
): { target: string; version: string } {
  if (!existsSync(join(built, "package.json"))) throw new Failure("The SDK is not built. Run: npm run build");
  const path = join(directory, "package.json");
  if (!existsSync(path)) {
    throw new Failure(`${directory} is not a pack: it has no package.json. Run \`npm init\` there first.`);
  }
  const text = readFileSync(path, "utf8");
  const { version }: { version: string } = JSON.parse(readFileSync(join(built, "package.json"), "utf8"));

  const target = join(directory, "node_modules", NAME);
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  cpSync(built, target, { recursive: true });

  const indent = /\n([ \t]+)/.exec(text)?.[1] ?? "  ";
  writeFileSync(path, `${JSON.stringify(withSdk(JSON.parse(text), version), null, indent)}\n`);
  return { target, version };
}

interface Manifest {
  dependencies?: Record<string, string>;
  bundleDependencies?: string[];
  /** npm takes this spelling too. */
  bundledDependencies?: string[];
}

function withSdk({ bundledDependencies, ...manifest }: Manifest, version: string): Manifest {
  const bundled = manifest.bundleDependencies ?? bundledDependencies ?? [];
  return {
    ...manifest,
    dependencies: { ...manifest.dependencies, [NAME]: version },
    bundleDependencies: [...new Set([...bundled, NAME])],
  };
}
