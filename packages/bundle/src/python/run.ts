import { spawn } from "node:child_process";

/** Runs a program to its end. @returns all that it printed, on both outputs. */
export function run(
  [program = "", ...args]: string[],
  cwd: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<{ code: number | null; printed: string }> {
  const child = spawn(program, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let printed = "";
  for (const output of [child.stdout, child.stderr])
    output.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
    });
  return new Promise((resolve) => {
    child.once("error", ({ message }) => resolve({ code: null, printed: message }));
    child.once("close", (code) => resolve({ code, printed }));
  });
}
