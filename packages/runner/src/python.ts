import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { PackFailed } from "./pack-failed.ts";

const isWindows = process.platform === "win32";

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
  const python = isWindows ? join(folder, "Scripts", "python.exe") : join(folder, "bin", "python");
  if (existsSync(python)) return python;
  const byHand = existsSync(join(directory, "requirements.txt"))
    ? `, or without the Pulumi CLI: ${making(virtualenv)}`
    : ".";
  throw new PackFailed(`There is no virtual environment in ${folder}. Run \`pulumi install\` in ${directory}${byHand}`);
}

/** For somebody to type in the pack's folder. */
function making(virtualenv: string): string {
  const folder = /[^\w./\\-]/.test(virtualenv) ? JSON.stringify(virtualenv) : virtualenv;
  const pip = isWindows ? `${folder}\\Scripts\\pip` : `${folder}/bin/pip`;
  return `${isWindows ? "python" : "python3"} -m venv ${folder} && ${pip} install -r requirements.txt`;
}

/**
 * What to do when a pack does not find Pulumi's packages.
 *
 * @param directory absolute path of the folder with PulumiPolicy.yaml
 * @param python the program that it was started with
 * @param printed what it said
 * @returns undefined when it has ended for another reason.
 */
export function adviceOnPython(directory: string, python: string, printed: string): string | undefined {
  if (!/No module named '?pulumi(_policy)?\b/.test(printed)) return undefined;
  if (python !== systemPython())
    return `${python} lacks what the pack needs. Run \`pulumi install\` in ${directory}, or: ${python} -m pip install -r requirements.txt`;
  const own = ["venv", ".venv"].find((name) => existsSync(join(directory, name, "pyvenv.cfg")));
  if (own)
    return `PulumiPolicy.yaml does not name the virtual environment in ${own}, so ${python} of the PATH was started. Write \`virtualenv: ${own}\` into the options of its runtime, or activate it.`;
  return `${python} lacks what the pack needs, and PulumiPolicy.yaml names no virtual environment. Activate the one that has it. Or write \`virtualenv: venv\` into the options of its runtime, and make that: ${making("venv")}`;
}

/** The Python that makes virtual environments. */
export function systemPython(): string {
  return process.env.PULUMI_PYTHON_CMD || (isWindows ? "python" : "python3");
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
