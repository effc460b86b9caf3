import { spawn } from "node:child_process";

/**
 * Runs a program to its end.
 *
 * @param options.isScript whether the program is a script on Windows, as npm is.
 * @returns all that it printed, on both outputs; and how it ended when that was not well.
 */
export function run(
  [program = "", ...args]: string[],
  cwd: string,
  { env = process.env, isScript = false }: { env?: NodeJS.ProcessEnv; isScript?: boolean } = {},
): Promise<{ failure: string | undefined; printed: string }> {
  const shell = isScript && process.platform === "win32";
  const child = spawn(program, args, { cwd, env, shell, stdio: ["ignore", "pipe", "pipe"] });
  let printed = "";
  for (const output of [child.stdout, child.stderr])
    output.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
    });
  return new Promise((resolve) => {
    child.once("error", ({ message }) => resolve({ failure: message, printed }));
    child.once("close", (code, by) => {
      resolve({ failure: code === 0 ? undefined : `it ended with ${by ?? `exit code ${code}`}`, printed });
    });
  });
}
