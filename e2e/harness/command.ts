import { type ChildProcess, spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";

export interface Outcome {
  line: string;
  /** Null when a signal ended the command. */
  code: number | null;
  stdout: string;
  stderr: string;
  /** Both, in the order in which they came. */
  all: string;
}

const running = new Set<Command>();

process.once("exit", killEverything);

export function killEverything(): void {
  for (const command of running) command.signal("SIGKILL");
}

/** A line of a shell, running in a process group of its own. */
export class Command {
  readonly outcome: Promise<Outcome>;
  readonly #child: ChildProcess;
  readonly #printed = { stdout: "", stderr: "", all: "" };
  readonly #news = new EventEmitter();

  constructor(line: string, { dir, env }: { dir: string; env: Record<string, string> }) {
    this.#child = spawn("sh", ["-c", line], { cwd: dir, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
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

  /** Waits until what the command printed matches. @returns that match. @throws Error when the command ends without it. */
  async prints(pattern: RegExp): Promise<RegExpExecArray> {
    const timer = this.killLater();
    for (;;) {
      const match = pattern.exec(this.#printed.all);
      if (!match && !running.has(this)) throw new Error(told(await this.outcome, `should have printed ${pattern}`));
      if (!match) await once(this.#news, "text");
      else {
        clearTimeout(timer);
        return match;
      }
    }
  }

  /** Nothing here takes a tenth of it: this only keeps a hang from hiding which command it was. */
  killLater(): NodeJS.Timeout {
    return setTimeout(() => this.signal("SIGKILL"), 240_000);
  }

  /** Sends a signal to the command and to all that it started, as a terminal does: SIGINT is Ctrl-C, SIGKILL is kill -9. */
  signal(signal: NodeJS.Signals): void {
    if (this.#child.pid === undefined) return;
    try {
      process.kill(-this.#child.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}

export function told({ line, code, all }: Outcome, wanted: string): string {
  return `$ ${line}\n${all}\n${wanted}, and ended with ${code}`;
}
