import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { PackRefused } from "../problems.ts";

/** A Python policy pack on disk. */
export interface PythonPack {
  /** Absolute path of the folder with PulumiPolicy.yaml. */
  directory: string;
  /** The folder of its virtual environment, as PulumiPolicy.yaml names it. */
  virtualenv: string | undefined;
  /** What installs its dependencies: pip, poetry or uv. */
  toolchain: string;
  /** In PulumiPolicy.yaml, where it counts more than in the pack's code. */
  version: string | undefined;
}

interface Project {
  runtime?: string | { name?: string; options?: { virtualenv?: string; toolchain?: string } | null };
  version?: unknown;
}

/** The name of the runtime in a pack's PulumiPolicy.yaml. @throws PackRefused when it can't be read. */
export function runtimeOf(directory: string): string | undefined {
  const { runtime } = projectOf(directory);
  return typeof runtime === "object" ? runtime?.name : runtime;
}

/** @throws PackRefused when PulumiPolicy.yaml can't be read. */
export function readPythonPack(directory: string): PythonPack {
  const { runtime, version } = projectOf(directory);
  const { virtualenv, toolchain } = (typeof runtime === "object" && runtime.options) || {};
  return {
    directory,
    virtualenv,
    toolchain: toolchain ?? toolchainOf(directory),
    version: version === undefined ? undefined : String(version),
  };
}

function projectOf(directory: string): Project {
  const path = join(directory, "PulumiPolicy.yaml");
  try {
    return parse(readFileSync(path, "utf8")) ?? {};
  } catch (error) {
    throw new PackRefused(`${path} can't be read: ${(error as Error).message}`);
  }
}

/** What newer CLIs choose: https://github.com/pulumi/pulumi/blob/v3.250.0/sdk/python/toolchain/toolchain.go#L140 */
function toolchainOf(directory: string): string {
  if (existsSync(join(directory, "uv.lock"))) return "uv";
  return existsSync(join(directory, "poetry.lock")) ? "poetry" : "pip";
}
