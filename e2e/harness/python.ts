import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { keyOf, preparedFolder } from "./prepared.ts";

/** What the tests' packs in Python have in their requirements.txt. */
export const requirements = ["pulumi==3.220.0", "pulumi-policy==1.21.0"];

/** The packages that a new virtual environment upgrades, pipenv, which some people use instead of pip, and what new packs are tested with. */
const tools = ["pip", "setuptools", "wheel", "pipenv", "coverage==7.17.5"];

/** On some systems python3 can't make virtual environments until another package is installed. */
export function hasPython(): boolean {
  return spawnSync("python3", ["-c", "import ensurepip, venv"]).status === 0;
}

/**
 * Environment variables with which pip, pipenv and the CLI install packages only from a prepared folder, so that only
 * the first run uses the network. There is one folder for each set of requirements and version of Python.
 */
export function pipEnvironment(): Record<string, string> {
  const key = keyOf(JSON.stringify([requirements, tools, run("python3", "-VV")]));
  const wheels = preparedFolder(`wheels-${key}`, download);
  return { PIP_NO_INDEX: "1", PIP_FIND_LINKS: wheels, PIP_DISABLE_PIP_VERSION_CHECK: "1" };
}

/** @returns a Python that has the package. There is one for each version of it. */
export function pythonWith(requirement: string): string {
  const key = keyOf(JSON.stringify([requirement, run("python3", "-VV")]));
  const venv = preparedFolder(`venv-${key}`, (dir) => {
    run("python3", "-m", "venv", join(dir, "venv"));
    run(join(dir, "venv", "bin", "python"), "-m", "pip", "install", "--quiet", requirement);
    return join(dir, "venv");
  });
  return join(venv, "bin", "python");
}

function download(dir: string): string {
  console.log("preparing the Python SDKs for the end-to-end tests (once)");
  run("python3", "-m", "venv", join(dir, "venv"));
  const wheels = join(dir, "wheels");
  const pip = join(dir, "venv", "bin", "pip");
  run(pip, "wheel", "--quiet", "--wheel-dir", wheels, ...requirements, ...tools);
  return wheels;
}

function run(program: string, ...args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: "utf8" });
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(" ")} failed:\n${stderr}`);
  return stdout;
}
