import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { repositoryDir } from "../../tools/repository.ts";

const cache = join(repositoryDir, ".cache", "e2e");

/** What a Python pack of the tests asks for. */
export const requirements = ["pulumi==3.220.0", "pulumi-policy==1.21.0"];

/** What a fresh environment is brought up to date with, and what people use beside pip. */
const tools = ["pip", "setuptools", "wheel", "pipenv"];

/** Some systems have a python3 that can't make environments until one more package is installed. */
export function hasPython(): boolean {
  return spawnSync("python3", ["-c", "import ensurepip, venv"]).status === 0;
}

/**
 * Environment with which pip, pipenv and the CLI install packages from a folder, and from nowhere else: a run after the
 * first one asks nothing of the network. The folder is filled once for each set of requirements and version of Python.
 */
export function pipEnvironment(): Record<string, string> {
  const key = createHash("sha256").update(JSON.stringify([requirements, tools, python("-VV")]));
  const prepared = join(cache, `wheels-${key.digest("hex").slice(0, 16)}`);
  if (!existsSync(prepared)) download(prepared);
  return { PIP_NO_INDEX: "1", PIP_FIND_LINKS: prepared, PIP_DISABLE_PIP_VERSION_CHECK: "1" };
}

/** A rename makes it whole or not there, also beside another run that does the same. */
function download(prepared: string): void {
  mkdirSync(cache, { recursive: true });
  const unfinished = mkdtempSync(join(cache, "unfinished-"));
  console.log("preparing the Python SDKs for the end-to-end tests (once)");
  python("-m", "venv", join(unfinished, "venv"));
  const pip = join(unfinished, "venv", "bin", "pip");
  run(pip, "wheel", "--quiet", "--wheel-dir", join(unfinished, "wheels"), ...requirements, ...tools);
  if (!existsSync(prepared)) renameSync(join(unfinished, "wheels"), prepared);
  rmSync(unfinished, { recursive: true });
}

function python(...args: string[]): string {
  return run("python3", ...args);
}

function run(program: string, ...args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: "utf8" });
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(" ")} failed:\n${stderr}`);
  return stdout;
}
