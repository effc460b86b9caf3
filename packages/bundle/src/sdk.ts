import type { Plugin } from "esbuild";

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
