import { existsSync } from "node:fs";
import { join } from "node:path";
import { installCommands, type PackRuntime } from "@quillon/runner";
import { runHere } from "../run-here.ts";

/**
 * Installs a new pack's dependencies. What it takes to do so is printed as it goes.
 *
 * @param offline whether only what is on this machine may be used
 * @throws Error when that failed.
 */
export async function installPack(directory: string, runtime: PackRuntime, offline: boolean): Promise<void> {
  const env = { ...process.env, ...WITHOUT_SCRIPTS, ...(offline && OFFLINE) };
  for (const command of installCommands(runtime, (file) => existsSync(join(directory, file)))) {
    const failure = await runHere(command, directory, env);
    if (failure !== undefined)
      throw new Error(
        `The policy pack is in ${directory}, but its dependencies could not be installed: \`${command.join(" ")}\` ${failure}. Run that there when it can be done.`,
      );
  }
}

/** A policy pack needs none, and a template may be a stranger's. Each installer reads the variable that is its own. */
const WITHOUT_SCRIPTS = {
  npm_config_ignore_scripts: "true",
  npm_config_audit: "false",
  npm_config_fund: "false",
  YARN_ENABLE_SCRIPTS: "false",
  PIP_DISABLE_PIP_VERSION_CHECK: "1",
};

const OFFLINE = {
  npm_config_offline: "true",
  YARN_ENABLE_NETWORK: "false",
  PIP_NO_INDEX: "1",
  UV_OFFLINE: "1",
};
