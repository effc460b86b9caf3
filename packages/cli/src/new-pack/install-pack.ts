import { existsSync } from "node:fs";
import { join } from "node:path";
import { nodeInstaller, pythonInstaller } from "@quillon/contract/installers";
import { systemPython } from "@quillon/runner";
import { runHere } from "../run-here.ts";

/** What PulumiPolicy.yaml says of it. */
interface Runtime {
  runtime: string | undefined;
  options: Partial<Record<string, string>>;
}

/**
 * What installs a pack's dependencies, one command after the other.
 *
 * @param has whether the pack has a file
 */
export function installCommands({ runtime, options }: Runtime, has: (file: string) => boolean): string[][] {
  if (runtime === "nodejs") return has("package.json") ? [[nodeInstaller(options.packagemanager), "install"]] : [];
  if (runtime === "bun") return has("package.json") ? [["bun", "install"]] : [];
  if (runtime !== "python") return [];
  const toolchain = pythonInstaller(options.toolchain, has);
  if (toolchain === "uv") return [["uv", "sync"]];
  if (toolchain === "poetry") return [["poetry", "install", "--no-root"]];
  const environment = options.virtualenv;
  if (environment === undefined) return [];
  const python = join(environment, ...(process.platform === "win32" ? ["Scripts", "python.exe"] : ["bin", "python"]));
  const lists = ["requirements.txt", "requirements-dev.txt"].filter(has).flatMap((file) => ["-r", file]);
  const make = [systemPython(), "-m", "venv", environment];
  return lists.length > 0 ? [make, [python, "-m", "pip", "install", ...lists]] : [make];
}

/**
 * Installs a new pack's dependencies. What it takes to do so is printed as it goes.
 *
 * @param offline whether only what is on this machine may be used
 * @throws Error when that failed.
 */
export async function installPack(directory: string, runtime: Runtime, offline: boolean): Promise<void> {
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
