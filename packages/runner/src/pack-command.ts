import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pythonInstaller } from "@quillon/contract/installers";
import { nodeCommand } from "./node.ts";
import { environmentOf, pythonCommand } from "./python.ts";
import { PackFailed } from "./start.ts";

/** What PulumiPolicy.yaml says of how a pack is started. */
export interface Runtime {
  name: string | undefined;
  options: Partial<Record<string, string>>;
}

/**
 * What starts a pack, and with which environment.
 *
 * @param directory absolute path of the folder with PulumiPolicy.yaml
 * @throws PackFailed when it can't be started here.
 */
export function packCommand(
  directory: string,
  { name, options }: Runtime,
): { command: string[]; env: NodeJS.ProcessEnv } {
  if (name === "python") {
    const toolchain = pythonInstaller(options.toolchain, (file) => existsSync(join(directory, file)));
    const virtualenv = options.virtualenv || environmentOf(toolchain, directory);
    return { command: pythonCommand(directory, virtualenv), env: {} };
  }
  if (name !== "nodejs")
    throw new PackFailed(
      `The policy pack in ${directory} has the runtime ${name ? `"${name}"` : "none"}, and packs for nodejs and python can be run.`,
    );
  const [node = "", ...runner] = bootOf(directory) ?? nodeCommand(directory, options.packagemanager);
  const given = options.nodeargs?.split(/\s+/).filter(Boolean) ?? [];
  // The engine's launcher says it: https://github.com/pulumi/pulumi/blob/v3.220.0/sdk/nodejs/dist/pulumi-analyzer-policy
  const env = { PULUMI_NODEJS_TYPESCRIPT: options.typescript === "false" ? "false" : "true" };
  return { command: [node, ...given, ...runner], env };
}

/** Our SDK's own boot file, which starts JavaScript in a fraction of the time. TypeScript is left to Pulumi's runner. */
function bootOf(directory: string): string[] | undefined {
  try {
    const { dependencies } = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
    // Where both are installed, it is the one that the pack names.
    if (!dependencies?.["@quillon/policy"] || dependencies["@pulumi/policy"]) return undefined;
    const { resolve } = createRequire(join(directory, "package.json"));
    return /\.[cm]?js$/.test(resolve(directory)) ? [process.execPath, resolve("@quillon/policy/boot")] : undefined;
  } catch {
    // Pulumi's runner says what is wrong with it.
    return undefined;
  }
}
