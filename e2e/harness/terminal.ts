import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

export interface Outcome {
  line: string;
  /** Null when a signal ended the command. */
  code: number | null;
  stdout: string;
  stderr: string;
  /** Both, in the order in which they came. */
  all: string;
}

export interface Running {
  outcome: Promise<Outcome>;
  /** Ends the command and all it started, without a chance to tidy up. */
  kill(): void;
}

/** No command here takes a tenth of it: this only keeps a hang from hiding which command it was. */
const deadline = 240_000;

const running = new Set<ChildProcess>();

/** One person's shell: a folder, an environment, and what was typed in it. */
export class Terminal {
  readonly dir: string;
  readonly env: Record<string, string>;

  constructor(dir: string, env: Record<string, string>) {
    this.dir = dir;
    this.env = env;
  }

  in(dir: string): Terminal {
    return new Terminal(dir, this.env);
  }

  with(env: Record<string, string>): Terminal {
    return new Terminal(this.dir, { ...this.env, ...env });
  }

  start(line: string): Running {
    const child = spawn("sh", ["-c", line], {
      cwd: this.dir,
      env: this.env,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    running.add(child);
    return { outcome: collect(line, child), kill: () => killGroup(child) };
  }

  run(line: string): Promise<Outcome> {
    return this.start(line).outcome;
  }

  /** @returns what the command printed on its standard output. @throws Error with all of it when the command failed. */
  async ok(line: string): Promise<string> {
    const outcome = await this.run(line);
    if (outcome.code !== 0) throw new Error(told(outcome, "should have succeeded"));
    return outcome.stdout;
  }

  /** The command must end by itself, and not well. @returns all that it printed, on both outputs. */
  async fails(line: string): Promise<string> {
    const outcome = await this.run(line);
    if (outcome.code === 0 || outcome.code === null) throw new Error(told(outcome, "should have failed by itself"));
    return outcome.all;
  }

  /** What a command prints on its standard output, as JSON. */
  async json<T>(line: string): Promise<T> {
    const outcome = await this.run(line);
    if (outcome.code !== 0) throw new Error(told(outcome, "should have succeeded"));
    return JSON.parse(outcome.stdout) as T;
  }
}

export function killEverything(): void {
  for (const child of running) killGroup(child);
}

async function collect(line: string, child: ChildProcess): Promise<Outcome> {
  const outcome = { stdout: "", stderr: "", all: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream]?.setEncoding("utf8").on("data", (text: string) => {
      outcome[stream] += text;
      outcome.all += text;
    });
  }
  const timer = setTimeout(() => killGroup(child), deadline);
  const [code] = (await once(child, "close")) as [number | null];
  clearTimeout(timer);
  running.delete(child);
  return { line, code, ...outcome };
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function told({ line, code, all }: Outcome, wanted: string): string {
  return `$ ${line}\n${all}\n${wanted}, and ended with ${code}`;
}
