import { freePort } from "../../tools/free-port.ts";
import { Command } from "./command.ts";

/** `quillon server` in a separate process. It keeps its port when it restarts. */
export class Server {
  readonly dataDir: string;
  readonly env: Record<string, string>;
  url = "";
  readonly #starter: readonly string[];
  #command: Command | undefined;

  /** @param starter a program, with its arguments, that starts it. */
  constructor(dataDir: string, env: Record<string, string>, starter: readonly string[] = []) {
    this.dataDir = dataDir;
    this.env = env;
    this.#starter = starter;
  }

  /** @throws Error with the server's output when it ends before it listens. */
  async start(): Promise<void> {
    const listen = this.url ? new URL(this.url).host : `127.0.0.1:${await freePort()}`;
    const line = `exec quillon server --data '${this.dataDir}' --listen ${listen}`;
    this.#command = new Command(line, { dir: "/", env: this.env, starter: this.#starter });
    [, this.url = ""] = await this.prints(/^Quillon listens on (\S+)$/m);
  }

  /** Waits until the server's output since its start matches. */
  prints(pattern: RegExp): Promise<RegExpExecArray> {
    if (!this.#command) throw new Error("The server was never started.");
    return this.#command.prints(pattern);
  }

  /** Stops the server as Ctrl-C or an init system does. @returns the exit code and all output since the start. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<{ code: number | null; all: string }> {
    this.#command?.signal(signal);
    return (await this.#command?.outcome) ?? { code: null, all: "" };
  }

  /** kill -9. */
  async kill(): Promise<void> {
    await this.stop("SIGKILL");
  }
}
