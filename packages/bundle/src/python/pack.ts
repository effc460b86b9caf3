import { existsSync } from "node:fs";
import { join } from "node:path";
import { readProjectFile } from "../project-file.ts";

/** A Python policy pack on disk. */
export interface PythonPack {
  runtime: "python";
  /** Absolute path of the folder with PulumiPolicy.yaml. */
  directory: string;
  /** The folder of its virtual environment, as PulumiPolicy.yaml names it. */
  virtualenv: string | undefined;
  /** What installs its dependencies: pip, poetry or uv. */
  toolchain: string;
  /** In PulumiPolicy.yaml, where it counts more than in the pack's code. */
  projectVersion: string | undefined;
}

/** @throws PackRefused when PulumiPolicy.yaml can't be read. */
export function readPythonPack(directory: string): PythonPack {
  const { options, version: projectVersion } = readProjectFile(directory);
  const { virtualenv, toolchain = toolchainOf(directory) } = options;
  return { runtime: "python", directory, virtualenv, toolchain, projectVersion };
}

/** What newer CLIs choose: https://github.com/pulumi/pulumi/blob/v3.250.0/sdk/python/toolchain/toolchain.go#L140 */
function toolchainOf(directory: string): string {
  if (existsSync(join(directory, "uv.lock"))) return "uv";
  return existsSync(join(directory, "poetry.lock")) ? "poetry" : "pip";
}
