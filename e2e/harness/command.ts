import { type ChildProcess, spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";

export interface Outcome {
  line: string;
  /** Null when a signal ended the command. */
  code: number | null;
  stdout: string;
  stderr: string;
  /** Both outputs, in the order in which they arrived. */
  all: string;
}

interface Where {
  dir: string;
  env: Record<string, string>;
  starter?: readonly string[];
}

const running = new Set<Command>();

process.once("exit", killEverything);

export function killEverything(): void {
  for (const command of running) command.signal("SIGKILL");
}

/** A shell command line that runs in its own process group. */
export class Command {
  readonly outcome: Promise<Outcome>;
  readonly #child: ChildProcess;
  readonly #printed = { stdout: "", stderr: "", all: "" };
  readonly #news = new EventEmitter();

  constructor(line: string, { dir, env, starter = [] }: Where) {
    const [program = "", ...args] = [...starter, "sh", "-c", line];
    this.#child = spawn(program, args, { cwd: dir, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of ["stdout", "stderr"] as const) {
      this.#child[stream]?.setEncoding("utf8").on("data", (text: string) => {
        this.#printed[stream] += text;
        this.#printed.all += text;
        this.#news.emit("text");
      });
    }
    running.add(this);
    this.outcome = once(this.#child, "close").then(([code]) => {
      running.delete(this);
      this.#news.emit("text");
      return { line, code, ...this.#printed };
    });
  }

  /** Waits until the command's output matches. @returns the match. @throws Error when the command ends without a match. */
  async prints(pattern: RegExp): Promise<RegExpExecArray> {
    const timer = this.killLater();
    for (;;) {
      const match = pattern.exec(this.#printed.all);
      if (!match && !running.has(this))
        throw new Error(unexpected(await this.outcome, `should have printed ${pattern}`));
      if (!match) await once(this.#news, "text");
      else {
        clearTimeout(timer);
        return match;
      }
    }
  }

  /** If a command hangs, the test's own timeout would not name it. No command needs a tenth of this time on an idle machine. */
  killLater(): NodeJS.Timeout {
    return setTimeout(() => this.signal("SIGKILL"), 600_000);
  }

  /** Sends a signal to the command and every process that it started, as a terminal does: SIGINT is Ctrl-C, SIGKILL is kill -9. */
  signal(signal: NodeJS.Signals): void {
    if (this.#child.pid === undefined) return;
    try {
      process.kill(-this.#child.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}

/** An error message with the command's output. @param wanted for example "should have succeeded". */
export function unexpected({ line, code, all }: Outcome, wanted: string): string {
  return `$ ${line}\n${all}\n${wanted}, and ended with ${code}`;
}
