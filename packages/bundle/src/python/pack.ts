import { existsSync } from "node:fs";
import { join } from "node:path";
import { pythonInstaller } from "@quillon/contract/installers";
import { environmentOf } from "@quillon/runner";
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
