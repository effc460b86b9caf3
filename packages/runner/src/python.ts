import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { howToMake, pythonIn, systemPython } from "./install-commands.ts";
import { PackFailed } from "./pack-failed.ts";

/**
 * What starts a Python pack, as the Pulumi CLI does: the Python of its virtual environment, or else of the machine.
 *
 * https://github.com/pulumi/pulumi/blob/v3.220.0/sdk/python/dist/pulumi-analyzer-policy-python
 *
 * @param directory absolute path of the folder with PulumiPolicy.yaml
 * @param virtualenv its folder, as PulumiPolicy.yaml names it, or where its toolchain makes it
 * @throws PackFailed when there is no such environment.
 */
export function pythonCommand(directory: string, virtualenv?: string): string[] {
  return [pythonOf(directory, virtualenv), "-u", "-m", "pulumi.policy"];
}

function pythonOf(directory: string, virtualenv: string | undefined): string {
  if (virtualenv === undefined) return systemPython();
  const folder = resolve(directory, virtualenv);
  const python = pythonIn(folder);
  if (existsSync(python)) return python;
  throw new PackFailed(`There is no virtual environment in ${folder}. ${howToMake(virtualenv, directory)}`);
}

/** Where a toolchain makes the virtual environment of a pack. uv has a place for it, and poetry takes one that is there: https://github.com/pulumi/pulumi/blob/v3.220.0/sdk/python/toolchain/uv.go#L41 */
export function environmentOf(toolchain: string, directory: string): string | undefined {
  const folder = join(nearest(directory, "uv.lock") ?? nearest(directory, "pyproject.toml") ?? directory, ".venv");
  if (toolchain === "uv") return folder;
  return toolchain === "poetry" && existsSync(join(directory, ".venv")) ? join(directory, ".venv") : undefined;
}

/** The nearest folder, from here upwards, that has a file. */
function nearest(folder: string, file: string): string | undefined {
  if (existsSync(join(folder, file))) return folder;
  return dirname(folder) === folder ? undefined : nearest(dirname(folder), file);
}
