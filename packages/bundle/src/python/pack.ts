import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { pythonInstaller } from "@quillon/contract/installers";
import { readProjectFile } from "../project-file.ts";

/** A Python policy pack on disk. */
export interface PythonPack {
  runtime: "python";
  /** Absolute path of the folder with PulumiPolicy.yaml. */
  directory: string;
  /** The folder of its virtual environment, as PulumiPolicy.yaml names it, or where its toolchain makes it. */
  virtualenv: string | undefined;
  /** What installs its dependencies: pip, poetry or uv. */
  toolchain: string;
  /** In PulumiPolicy.yaml, where it counts more than in the pack's code. */
  projectVersion: string | undefined;
}

/** @throws PackRefused when PulumiPolicy.yaml can't be read. */
export function readPythonPack(directory: string): PythonPack {
  const { options, version: projectVersion } = readProjectFile(directory);
  const toolchain = pythonInstaller(options.toolchain, (file) => existsSync(join(directory, file)));
  const virtualenv = options.virtualenv || environmentOf(toolchain, directory);
  return { runtime: "python", directory, virtualenv, toolchain, projectVersion };
}

/** uv has a place for it, and poetry takes one that is there: https://github.com/pulumi/pulumi/blob/v3.220.0/sdk/python/toolchain/uv.go#L41 */
function environmentOf(toolchain: string, directory: string): string | undefined {
  const folder = join(nearest(directory, "uv.lock") ?? nearest(directory, "pyproject.toml") ?? directory, ".venv");
  if (toolchain === "uv") return folder;
  return toolchain === "poetry" && existsSync(join(directory, ".venv")) ? join(directory, ".venv") : undefined;
}

/** The nearest folder, from here upwards, that has a file. */
function nearest(folder: string, file: string): string | undefined {
  if (existsSync(join(folder, file))) return folder;
  return dirname(folder) === folder ? undefined : nearest(dirname(folder), file);
}
