import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Plugin } from "esbuild";
import type { Sdk } from "./bill-of-materials.ts";
import { type CarriedPackage, readPackage } from "./carried-packages.ts";
import type { NodePack } from "./pack.ts";

/** Where the SDK is in the artifact: it is the file that the engine's launchers look for and start. */
export const BOOT_FILE = "node_modules/@pulumi/pulumi/cmd/run-policy-pack/index.js";

/** How the message ends where a file of an SDK is imported that has no names for authors. */
export const INSIDE_THE_SDK =
  "is inside of an SDK for policies, and a bundle has an SDK of its own (--keep-sdk keeps the pack's)";

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
    onResolve({ filter: /^@(pulumi|quillon)\/policy\// }, ({ path }) =>
      path.endsWith("/package.json") ? undefined : { errors: [{ text: `${path} ${INSIDE_THE_SDK}` }] },
    );
  },
};

/** The SDK that a bundle runs on. @param boot the packages in the boot file, none when the pack keeps its own SDK */
export function sdkOf({ directory }: NodePack, [own]: readonly CarriedPackage[]): Sdk {
  const installed = installedVersion(directory, "@pulumi/policy");
  if (!own) return { name: "@pulumi/policy", version: installed ?? "" };
  const { name, version = "" } = own;
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
