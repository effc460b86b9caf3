import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { BundledSdk } from "@quillon/contract";
import type { Plugin } from "esbuild";
import { type CarriedPackage, readPackage } from "./carried-packages.ts";

/** Where the SDK is in the artifact: it is the file that the engine's launchers look for and start. */
export const BOOT_FILE = "node_modules/@pulumi/pulumi/cmd/run-policy-pack/index.js";

/** What our own code in a bundle imports the SDK as. */
export const SDK_MODULE = "quillon:sdk";

/** How the message ends where a file of an SDK is imported that has no names for authors. */
export const INSIDE_THE_SDK =
  "is inside of an SDK for policies, and a bundle has an SDK of its own (--keep-sdk keeps the pack's)";

/** The SDKs for policies that are imported, by name and version, such as `@pulumi/policy@1.21.0`. */
export type ImportedSdks = Map<string, ImportedSdk>;

interface ImportedSdk {
  name: string;
  version: string | undefined;
  /** Whether the pack's own code imports it, and not only a dependency. */
  isOwn: boolean;
}

const SDK = /^(@(?:pulumi|quillon)\/policy)(\/|$)/;
/** The files of `@pulumi/policy` are names for the same. */
const WHOLE_SDK = /^@(pulumi|quillon)\/policy(\/(index|policy|proxy|schema)(\.js)?)?$/;

/** Notes which SDKs the pack imports. */
export function notedSdks(imported: ImportedSdks): Plugin {
  return {
    name: "noted-sdks",
    setup({ onResolve }) {
      onResolve({ filter: SDK }, ({ path, importer, resolveDir }) => {
        const [, name = ""] = SDK.exec(path) ?? [];
        const version = installedVersion(resolveDir, name);
        const id = `${name}@${version}`;
        const isOwn = imported.get(id)?.isOwn || !/[\\/]node_modules[\\/]/.test(importer);
        imported.set(id, { name, version, isOwn });
        return undefined;
      });
    },
  };
}

/**
 * Whoever imports an SDK for policies gets the boot file's own, also inside dependencies: another copy would not know the
 * pack that this one serves.
 */
export const oneSdk: Plugin = {
  name: "one-sdk",
  setup({ onResolve }) {
    const own = () => ({ path: `./${BOOT_FILE}`, external: true });
    onResolve({ filter: WHOLE_SDK }, own);
    onResolve({ filter: /^quillon:sdk$/ }, own);
    onResolve({ filter: SDK }, ({ path }) =>
      path.endsWith("/package.json") ? undefined : { errors: [{ text: `${path} ${INSIDE_THE_SDK}` }] },
    );
  },
};

/** The SDK that a bundle runs on. @param boot the packages in the boot file, none when the pack keeps its own SDK */
export function sdkOf(imported: ImportedSdks, [own]: readonly CarriedPackage[]): BundledSdk | undefined {
  const all = [...imported].sort(([a, one], [b, other]) => Number(other.isOwn) - Number(one.isOwn) || (a < b ? -1 : 1));
  if (!own) {
    const [, kept] = all[0] ?? [];
    return kept && { name: kept.name, version: kept.version ?? "" };
  }
  const { name, version = "" } = own;
  const replaced = all.filter(([id, of]) => of.version !== undefined && id !== `${name}@${version}`).map(([id]) => id);
  return { name, version, ...(replaced.length > 0 && { replaces: replaced.join(", ") }) };
}

function installedVersion(from: string, name: string): string | undefined {
  try {
    const path = createRequire(join(from, "package.json")).resolve(`${name}/package.json`);
    return readPackage(dirname(path)).version;
  } catch {
    return undefined;
  }
}
