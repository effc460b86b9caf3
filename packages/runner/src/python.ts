import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { PackFailed } from "./start.ts";

const isWindows = process.platform === "win32";

/**
 * What starts a Python pack, as the Pulumi CLI does: the Python of its virtual environment, or else of the machine.
 *
 * https://github.com/pulumi/pulumi/blob/v3.220.0/sdk/python/dist/pulumi-analyzer-policy-python
 *
 * @param directory absolute path of the folder with PulumiPolicy.yaml
 * @param virtualenv the option of that name in PulumiPolicy.yaml
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
  throw new PackFailed(`There is no virtual environment in ${folder}. Run \`pulumi install\` in ${directory}.`);
}

/** The Python that makes virtual environments. */
export function systemPython(): string {
  return process.env.PULUMI_PYTHON_CMD || (isWindows ? "python" : "python3");
}
