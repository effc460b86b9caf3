import { startChild } from "@quillon/runner";

interface Options {
  env?: NodeJS.ProcessEnv;
  /** Whether the program is a script on Windows, as npm is. */
  isScript?: boolean;
  /** Ends it. */
  signal?: AbortSignal;
}

/**
 * Runs a program to its end.
 *
 * @returns all that it printed, on both outputs; and how it ended when that was not well.
 */
export function run(
  command: string[],
  cwd: string,
  { env = process.env, isScript = false, signal }: Options = {},
): Promise<{ failure: string | undefined; printed: string }> {
  const { process: child, stop } = startChild(command, { cwd, env, isScript });
  child.stdin.end();
  const end = () => void stop();
  signal?.addEventListener("abort", end, { once: true });
  if (signal?.aborted) end();
  let printed = "";
  for (const output of [child.stdout, child.stderr])
    output.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
    });
  return new Promise((resolve) => {
    child.once("error", ({ message }) => resolve({ failure: message, printed }));
    child.once("close", (code, by) => {
      signal?.removeEventListener("abort", end);
      resolve({ failure: code === 0 ? undefined : `it ended with ${by ?? `exit code ${code}`}`, printed });
    });
  });
}
