import { appendFileSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { LOCK_FILES, namedNodeInstaller } from "@quillon/contract/installers";
import { PackRefused } from "./problems.ts";
import { readProjectFile } from "./project-file.ts";
import { run } from "./run.ts";

/** What says how a pack is installed, and may have secrets; and yarn's own folder. */
const SETTINGS = [".npmrc", ".yarnrc", ".yarnrc.yml", ".yarn"];

/**
 * Installs what a Node.js pack needs, without running any script of its dependencies, and removes the settings of how it is done.
 *
 * @throws PackRefused
 */
export async function install(directory: string): Promise<void> {
  const manager = await managerOf(directory);
  const isNew = await isNewYarn(manager, directory);
  // Without one, it takes a folder above for the project that the pack belongs to.
  if (isNew) appendFileSync(join(directory, "yarn.lock"), "");
  const { args, env } = isNew ? NEW_YARN : OTHERS;
  const { failure, printed } = await run([manager, ...args], directory, {
    env: { ...process.env, ...env },
    isScript: true,
  });
  if (failure !== undefined) {
    throw new PackRefused(
      `${manager} can't install what the policy pack needs: ${failure}. If that can't be helped, publish the pack from its own folder: quillon policy publish.\n${printed.trim()}`,
    );
  }
  for (const name of SETTINGS) rmSync(join(directory, name), { recursive: true, force: true });
}

const OTHERS = { args: ["install", "--ignore-scripts"], env: {} };

/** It has no such argument, and by itself makes no node_modules: https://yarnpkg.com/configuration/yarnrc */
const NEW_YARN = {
  args: ["install"],
  env: {
    YARN_ENABLE_SCRIPTS: "false",
    YARN_NODE_LINKER: "node-modules",
    // Published archives have no lock file, which it would miss where CI is set.
    YARN_ENABLE_IMMUTABLE_INSTALLS: "false",
    // The program that the pack has for itself was not published with it.
    YARN_IGNORE_PATH: "true",
    YARN_ENABLE_COLORS: "false",
  },
};

/** As the CLI chooses: https://github.com/pulumi/pulumi/blob/v3.220.0/sdk/nodejs/npm/manager.go#L108 */
async function managerOf(directory: string): Promise<string> {
  const named = namedNodeInstaller(readProjectFile(directory).options.packagemanager);
  if (named !== undefined) return named;
  for (const [lock, manager] of Object.entries(LOCK_FILES))
    if (manager !== "npm" && existsSync(join(directory, lock)) && (await versionOf(manager, directory))) return manager;
  return "npm";
}

async function isNewYarn(manager: string, directory: string): Promise<boolean> {
  return manager === "yarn" && !/^[01]\./m.test((await versionOf(manager, directory)) ?? "1.");
}

/** @returns undefined when it is not there. */
async function versionOf(manager: string, directory: string): Promise<string | undefined> {
  const env = { ...process.env, ...NEW_YARN.env };
  const { failure, printed } = await run([manager, "--version"], directory, { env, isScript: true });
  return failure === undefined ? printed : undefined;
}
