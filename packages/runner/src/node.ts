import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { foldersFrom, installerOf } from "./install-commands.ts";
import { PackFailed } from "./pack-failed.ts";

const RUNNER = "@pulumi/pulumi/cmd/run-policy-pack";

/**
 * What starts a Node.js pack: the runner that Node.js finds from the pack's folder, as both generations of the Pulumi CLI look for it.
 *
 * https://github.com/pulumi/pulumi/blob/v3.220.0/sdk/nodejs/dist/pulumi-analyzer-policy
 *
 * @param directory absolute path of the folder with PulumiPolicy.yaml
 * @param packagemanager the option in it, which says how to install the pack
 * @throws PackFailed when the runner is not installed there.
 */
export function nodeCommand(directory: string, packagemanager?: string): string[] {
  try {
    return [process.execPath, createRequire(join(directory, "package.json")).resolve(RUNNER)];
  } catch {
    if (hasPnp(directory))
      throw new PackFailed(
        `yarn has installed the packages of ${directory} without node_modules (Plug'n'Play), and neither quillon nor the Pulumi CLI starts a policy pack so. Write \`nodeLinker: node-modules\` into .yarnrc.yml, and run \`yarn install\`.`,
      );
    const installer = installerOf(directory, packagemanager);
    const add = installer === "npm" ? "npm install" : `${installer} add`;
    throw new PackFailed(
      `${RUNNER} is not installed in ${directory}. Run \`${installer} install\` there, and if that does not help, \`${add} @pulumi/pulumi\`.`,
    );
  }
}

/** yarn's file that says where packages are, which is in the pack's folder or in that of its workspace. */
function hasPnp(directory: string): boolean {
  return foldersFrom(directory).some((folder) => existsSync(join(folder, ".pnp.cjs")));
}
