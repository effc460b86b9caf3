import { spawn } from "node:child_process";

/**
 * Runs a program to its end, in this terminal. Both of its outputs go to stderr, because stdout is for what was asked for.
 *
 * @returns how it ended when that was not well, as the end of a sentence.
 */
export function runHere(
  [program = "", ...args]: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  // On Windows npm is no program but a script.
  const shell = process.platform === "win32";
  const child = spawn(program, args, { cwd, env, shell, stdio: ["ignore", 2, 2] });
  return new Promise((resolve) => {
    child.once("error", ({ message }) => resolve(`can't be started: ${message}`));
    child.once("close", (code, by) => resolve(code === 0 ? undefined : `ended with ${by ?? `exit code ${code}`}`));
  });
}
