import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { quillonProgram } from "./built.ts";

/** `quillon server` in a process of its own, on a port that stays the same over restarts. */
export class Server {
  readonly dataDir: string;
  readonly env: Record<string, string>;
  /** All that it printed since it was last started, both streams. */
  printed = "";
  url = "";
  #process: ChildProcess | undefined;

  constructor(dataDir: string, env: Record<string, string>) {
    this.dataDir = dataDir;
    this.env = env;
  }

  /**
   * @param until the last line to wait for.
   * @throws Error with what the server printed when it ends before that.
   */
  async start(until = /^Quillon listens on .*\n/m): Promise<void> {
    const listen = this.url ? new URL(this.url).host : "127.0.0.1:0";
    const child = spawn(process.execPath, [quillonProgram, "server", "--data", this.dataDir, "--listen", listen], {
      env: this.env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#process = child;
    this.printed = "";
    await new Promise<void>((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding("utf8").on("data", (text: string) => {
          this.printed += text;
          if (until.test(this.printed)) resolve();
        });
      }
      child.on("close", (code) => reject(new Error(`quillon server ended with ${code}:\n${this.printed}`)));
    });
    this.url = /^Quillon listens on (\S+)$/m.exec(this.printed)?.[1] ?? "";
  }

  /** As Ctrl-C and an init system do it. @returns the exit code. */
  async stop(signal: "SIGTERM" | "SIGINT" = "SIGTERM"): Promise<number | null> {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return null;
    const closed = once(child, "close");
    child.kill(signal);
    const [code] = (await closed) as [number | null];
    return code;
  }

  /** kill -9. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const closed = once(child, "close");
    child.kill("SIGKILL");
    await closed;
  }
}
