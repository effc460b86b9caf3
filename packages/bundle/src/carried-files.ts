import { readFileSync } from "node:fs";
import { extname, join } from "node:path";
import packlist from "npm-packlist";
import type { NodePack } from "./pack.ts";
import { PackRefused } from "./refused.ts";

/** What a bundle replaces, and what only concerns the making of it. */
const LEFT_OUT = /^(package(-lock)?\.json|npm-shrinkwrap\.json|tsconfig.*\.json|PulumiPolicy\.yaml|index\.js(\.map)?)$/;
const CODE = new Set([".js", ".cjs", ".mjs", ".jsx", ".ts", ".cts", ".mts", ".tsx", ".map", ".tsbuildinfo"]);
const SECRETS = /(^|\/)(\.npmrc|\.env(\.[^/]*)?|\.yarnrc(\.yml)?)$/;

/**
 * The files that npm would publish, without running any script.
 *
 * @returns by path in the pack, with slashes
 * @throws PackRefused when one is made to hold secrets.
 */
export async function publishedFiles({ directory, manifest }: NodePack): Promise<Map<string, Buffer>> {
  const paths = await packlist({
    path: directory,
    package: manifest,
    isProjectRoot: true,
    edgesOut: new Map<string, never>(),
  });
  const secret = paths.find((path) => SECRETS.test(path));
  if (secret) {
    throw new PackRefused(
      `${secret} would be published, and it is a file for secrets. Move it out of the policy pack's folder, or name it in .npmignore.`,
    );
  }
  return new Map(paths.sort().map((path) => [path, readFileSync(join(directory, path))]));
}

/** Those of them that are not the pack's code: policies may read them while they run. */
export async function carriedFiles(pack: NodePack): Promise<Map<string, Buffer>> {
  const all = await publishedFiles(pack);
  return new Map([...all].filter(([path]) => !LEFT_OUT.test(path) && !CODE.has(extname(path))));
}
