// What the demo shows: titles, sentences, and commands with their output.
import { spawn } from "node:child_process";
import { Failure } from "../failure.ts";

export const color = process.stdout.isTTY && !process.env.NO_COLOR;
const paint = (code: number, text: string) => (color ? `\u001b[${code}m${text}\u001b[0m` : text);

export function title(text: string): void {
  console.log(`\n${paint(1, text)}`);
}

export function say(text: string): void {
  console.log(paint(36, text));
}

interface Result {
  code: number;
  stdout: string;
  /** Both outputs, in the order in which they came. */
  output: string;
}

/** A folder and an environment to type commands in. */
export class Shell {
  readonly env: NodeJS.ProcessEnv;
  readonly dir: string;

  constructor(env: NodeJS.ProcessEnv, dir = process.cwd()) {
    this.env = env;
    this.dir = dir;
  }

  in(dir: string): Shell {
    return new Shell(this.env, dir);
  }

  with(env: NodeJS.ProcessEnv): Shell {
    return new Shell({ ...this.env, ...env }, this.dir);
  }

  /** Shows the command, and its output while it runs. */
  async run(line: string): Promise<Result> {
    console.log(`\n  ${paint(32, "$")} ${paint(1, line)}`);
    return execute(line, { ...this, show: (text) => console.log(text === "" ? "" : `    ${text}`) });
  }

  async succeeds(line: string): Promise<void> {
    const { code } = await this.run(line);
    if (code !== 0) throw new Failure(`That should have worked, but it ended with exit code ${code}.`);
  }

  /** Runs a command without showing it. @returns its standard output. */
  async reads(line: string): Promise<string> {
    const { code, output, stdout } = await execute(line, { ...this, show() {} });
    if (code !== 0) throw new Failure(`${line} ended with exit code ${code}:\n${output}`);
    return stdout;
  }
}

/** Runs a command that takes a while. Shows one line for it, and its output only when it fails. */
export async function quietly(what: string, line: string, { dir, env = process.env }: Place): Promise<void> {
  console.log(`  ${what}: ${paint(2, line)}`);
  const { code, output } = await execute(line, { dir, env, show() {} });
  if (code !== 0) throw new Failure(`${output}\n${line} ended with exit code ${code}, in ${dir}.`);
}

interface Place {
  dir: string;
  env?: NodeJS.ProcessEnv;
}

/** @param show gets each line of both outputs as it comes */
function execute(line: string, { dir, env, show }: Place & { show(line: string): void }): Promise<Result> {
  const child = spawn("sh", ["-c", line], { cwd: dir, env, stdio: ["ignore", "pipe", "pipe"] });
  const result = { stdout: "", output: "" };
  let unfinished = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      if (stream === child.stdout) result.stdout += text;
      result.output += text;
      const lines = (unfinished + text).split("\n");
      unfinished = lines.pop() ?? "";
      for (const finished of lines) show(finished);
    });
  }
  return new Promise((resolve, reject) => {
    child.once("error", reject).once("close", (code) => {
      if (unfinished) show(unfinished);
      resolve({ code: code ?? 1, ...result });
    });
  });
}
