// What the demo shows: titles, sentences, and commands as they are typed, with what they print.
import { spawn } from "node:child_process";

/** A problem that is told to the user in one go, without a stack trace. */
export class DemoError extends Error {}

export const color = process.stdout.isTTY && !process.env.NO_COLOR;
const paint = (code, text) => (color ? `\u001b[${code}m${text}\u001b[0m` : text);

export function title(text) {
  console.log(`\n${paint(1, text)}`);
}

export function say(text) {
  console.log(paint(36, text));
}

/** A folder and an environment to type commands in. */
export class Shell {
  constructor(env, dir = process.cwd()) {
    this.env = env;
    this.dir = dir;
  }

  in(dir) {
    return new Shell(this.env, dir);
  }

  with(env) {
    return new Shell({ ...this.env, ...env }, this.dir);
  }

  /** Shows the command and its output while it runs. @returns the exit code and the output. */
  async run(line) {
    console.log(`\n  ${paint(32, "$")} ${paint(1, line)}`);
    return execute(line, { ...this, show: (text) => console.log(text === "" ? "" : `    ${text}`) });
  }

  async succeeds(line) {
    const { code } = await this.run(line);
    if (code !== 0) throw new DemoError(`That should have worked, and ended with exit code ${code}.`);
  }

  /** Runs a command behind the scenes. @returns its standard output. */
  async reads(line) {
    const { code, output, stdout } = await execute(line, { ...this, show() {} });
    if (code !== 0) throw new DemoError(`${line} ended with exit code ${code}:\n${output}`);
    return stdout;
  }
}

/** Does what takes a while in one line, and shows its output only when it fails. */
export async function quietly(what, line, { dir, env = process.env }) {
  console.log(`  ${what}: ${paint(2, line)}`);
  const { code, output } = await execute(line, { dir, env, show() {} });
  if (code !== 0) throw new DemoError(`${output}\n${line} ended with exit code ${code}, in ${dir}.`);
}

/** @param show is given each line of both outputs as it comes. */
function execute(line, { dir, env, show }) {
  const child = spawn("sh", ["-c", line], { cwd: dir, env, stdio: ["ignore", "pipe", "pipe"] });
  const result = { stdout: "", output: "" };
  let unfinished = "";
  for (const stream of ["stdout", "stderr"]) {
    child[stream].setEncoding("utf8").on("data", (text) => {
      if (stream === "stdout") result.stdout += text;
      result.output += text;
      const lines = (unfinished + text).split("\n");
      unfinished = lines.pop();
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
