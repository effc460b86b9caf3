import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { howToInstallInPython, packCommand } from "@quillon/runner/audit";
import { errorMessage } from "../error-message.ts";
import { runHere } from "../run-here.ts";
import { type PolicyCoverage, readCoverage } from "./coverage.ts";
import { type Tested, testCommands } from "./test-command.ts";

/** The tests of a pack ran, and one failed. */
export class TestsFailed extends Error {
  override readonly name = "TestsFailed";
}

/**
 * Runs the tests of a pack in this terminal.
 *
 * @returns how often each policy had each result, for packs on `@quillon/policy` whose tests use its test kit; of Python the lines that ran
 * are printed instead, where the package `coverage` is installed.
 * @throws TestsFailed
 * @throws Error when the pack's tests could not be run.
 */
export async function testPack(directory: string): Promise<PolicyCoverage[]> {
  const { readProjectFile } = await import("@quillon/bundle");
  const project = readProjectFile(directory);
  const tested = { ...project, ...found(directory, project) };
  const commands = testCommands(tested);
  const folder = mkdtempSync(join(tmpdir(), "quillon-test-"));
  try {
    const packs = join(folder, "packs");
    mkdirSync(packs);
    const env = { ...process.env, QUILLON_COVERAGE: packs, COVERAGE_FILE: join(folder, "coverage") };
    for (const command of commands) {
      const failure = await runHere(command, directory, env);
      if (failure !== undefined)
        throw new TestsFailed(
          [
            `The tests of ${directory} failed: ${command.join(" ")} ${failure}.`,
            ...notInstalled(directory, tested),
          ].join("\n"),
        );
    }
    return readCoverage(packs);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function found(directory: string, { runtime, options }: Tested): Partial<Tested> {
  if (runtime !== "python") return { script: scriptOf(join(directory, "package.json")) };
  const [python = ""] = packCommand(directory, { name: runtime, options }).command;
  const ask = `import importlib.util as u; print(*[m for m in ('pytest', 'coverage', '${PYTHON_SDK}') if u.find_spec(m)])`;
  return { python, modules: execFileSync(python, ["-c", ask], { encoding: "utf8" }).trim().split(" ") };
}

const PYTHON_SDK = "pulumi_policy";

/** Tests of a pack that is not installed fail with a long trace, and the reason is somewhere in it. */
function notInstalled(directory: string, { runtime, options, python = "", modules = [] }: Tested): string[] {
  if (runtime === "python" && !modules.includes(PYTHON_SDK)) return [howToInstallInPython(python, directory)];
  if (runtime !== "nodejs" || existsSync(join(directory, "node_modules"))) return [];
  try {
    packCommand(directory, { name: runtime, options });
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}

function scriptOf(path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const test = JSON.parse(readFileSync(path, "utf8"))?.scripts?.test;
    return typeof test === "string" ? test : undefined;
  } catch (error) {
    throw new Error(`${path} can't be read: ${errorMessage(error)}`);
  }
}
