import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pythonInstaller } from "@quillon/contract/installers";
import { nodeCommand } from "./node.ts";
import { PackFailed } from "./pack-failed.ts";
import { environmentOf, pythonCommand } from "./python.ts";

/** What PulumiPolicy.yaml says of how a pack is started. */
export interface Runtime {
  name: string | undefined;
  options: Partial<Record<string, string>>;
}

export interface PackCommand {
  command: string[];
  env: NodeJS.ProcessEnv;
  /** For a pack in TypeScript: the same, but its types are not checked. */
  withoutTypes?: string[];
}

/**
 * What starts a pack, and with which environment.
 *
 * @param directory absolute path of the folder with PulumiPolicy.yaml
 * @throws PackFailed when it can't be started here.
 */
export function packCommand(directory: string, { name, options }: Runtime): PackCommand {
  if (name === "python") {
    const toolchain = pythonInstaller(options.toolchain, (file) => existsSync(join(directory, file)));
    const virtualenv = options.virtualenv || environmentOf(toolchain, directory);
    return { command: pythonCommand(directory, virtualenv), env: {} };
  }
  if (name !== "nodejs")
    throw new PackFailed(
      `The policy pack in ${directory} has the runtime ${name ? `"${name}"` : "none"}, and packs for nodejs and python can be run.`,
    );
  const manifest = manifestOf(directory);
  const isJavaScript = startsWithJavaScript(directory);
  const boot = isJavaScript ? bootOf(directory, manifest) : undefined;
  const [node = "", ...runner] = boot ?? nodeCommand(directory, options.packagemanager);
  const given = options.nodeargs?.split(/\s+/).filter(Boolean) ?? [];
  const isTypeScript = options.typescript !== "false";
  // The engine's launcher says it: https://github.com/pulumi/pulumi/blob/v3.220.0/sdk/nodejs/dist/pulumi-analyzer-policy
  const env = { PULUMI_NODEJS_TYPESCRIPT: String(isTypeScript) };
  const command = [node, ...given, ...runner];
  // What is compiled without types is CommonJS, also where a pack's `type` asks for a module, which then fails under the engine.
  if (isJavaScript || !isTypeScript || manifest.type === "module") return { command, env };
  return { command, env, withoutTypes: [node, ...given, "--require", WITHOUT_TYPES, ...runner] };
}

const WITHOUT_TYPES = join(import.meta.dirname, "without-types.cjs");

interface Manifest {
  type?: unknown;
  dependencies?: Record<string, unknown>;
}

/** Pulumi's runner says what is wrong with it. */
function manifestOf(directory: string): Manifest {
  try {
    return JSON.parse(readFileSync(join(directory, "package.json"), "utf8")) ?? {};
  } catch {
    return {};
  }
}

function startsWithJavaScript(directory: string): boolean {
  try {
    return /\.[cm]?js$/.test(createRequire(join(directory, "package.json")).resolve(directory));
  } catch {
    return false;
  }
}

/** Our SDK's own boot file, which starts JavaScript in a fraction of the time. TypeScript is left to Pulumi's runner. */
function bootOf(directory: string, { dependencies }: Manifest): string[] | undefined {
  // Where both are installed, it is the one that the pack names.
  if (!dependencies?.["@quillon/policy"] || dependencies["@pulumi/policy"]) return undefined;
  try {
    return [process.execPath, createRequire(join(directory, "package.json")).resolve("@quillon/policy/boot")];
  } catch {
    return undefined;
  }
}
