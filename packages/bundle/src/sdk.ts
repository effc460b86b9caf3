import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Plugin } from "esbuild";
import type { Sdk } from "./bill-of-materials.ts";
import { type CarriedPackage, readPackage } from "./carried-packages.ts";
import type { NodePack } from "./pack.ts";

/** Where the SDK is in the artifact: it is the file that the engine's launchers look for and start. */
export const BOOT_FILE = "node_modules/@pulumi/pulumi/cmd/run-policy-pack/index.js";

/**
 * Whoever imports an SDK for policies gets the boot file's own, also inside dependencies: another copy would not know the
 * pack that this one serves. The files of `@pulumi/policy` are names for the same.
 */
export const oneSdk: Plugin = {
  name: "one-sdk",
  setup({ onResolve }) {
    onResolve({ filter: /^@(pulumi|quillon)\/policy(\/(index|policy|proxy|schema)(\.js)?)?$/ }, () => ({
      path: `./${BOOT_FILE}`,
      external: true,
    }));
  },
};

/** The SDK that a bundle runs on. @param boot the packages in the boot file */
export function sdkOf({ directory }: NodePack, [own]: readonly CarriedPackage[]): Sdk {
  const { name = "", version = "" } = own ?? {};
  const installed = installedVersion(directory, "@pulumi/policy");
  return { name, version, ...(installed && { replaces: `@pulumi/policy@${installed}` }) };
}

function installedVersion(directory: string, name: string): string | undefined {
  try {
    const path = createRequire(join(directory, "package.json")).resolve(`${name}/package.json`);
    return readPackage(dirname(path)).version;
  } catch {
    return undefined;
  }
}
