import { realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { NodePack } from "../pack.ts";
import { type Provider, providerOf } from "./plugin.ts";

/** The providers' packages that a pack itself depends on. */
export function providersOf({ directory, manifest }: NodePack): Provider[] {
  const require = createRequire(join(directory, "package.json"));
  return Object.keys(manifest.dependencies ?? {}).flatMap((name) => {
    try {
      return providerOf(realpathSync(require.resolve(`${name}/package.json`))) ?? [];
    } catch {
      // What is not installed, or keeps its package.json to itself, is found when it is imported.
      return [];
    }
  });
}
