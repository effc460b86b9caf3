import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { repositoryDir } from "../repository.ts";

const program = join(repositoryDir, "packages/cli/dist/quillon.js");

/** One change often ends several builds. They come within this time, and the server restarts once. */
const QUIET_MS = 100;

/** The server that `npm run dev` runs: at most one process at a time, because the data folder has a lock. */
export class DevServer {
  readonly #env: NodeJS.ProcessEnv;
  #child: ChildProcess | undefined;
  #latestRequest = 0;
  #restarts = Promise.resolve();
  #stopped = false;

  constructor(env: NodeJS.ProcessEnv) {
    this.#env = env;
  }

  /** Starts the server, or starts it again. Several calls in a short time are one. */
  async restartSoon(): Promise<void> {
    this.#latestRequest += 1;
    const request = this.#latestRequest;
    await sleep(QUIET_MS);
    if (request !== this.#latestRequest) return;
    this.#restarts = this.#restarts.then(() => this.#restart());
    await this.#restarts;
  }

  /** Ends the server and waits until it has released its data folder. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#restarts;
    await this.#end();
  }

  async #restart(): Promise<void> {
    await this.#end();
    if (this.#stopped) return;
    console.log("dev: starting the server");
    // Ctrl-C goes to a whole process group. The server is in another one, so that only this tool ends it, and only once.
    const child = spawn(process.execPath, ["--enable-source-maps", program, "server"], {
      cwd: repositoryDir,
      env: this.#env,
      stdio: ["ignore", "inherit", "inherit"],
      detached: true,
    });
    this.#child = child;
    child.once("exit", (code) => {
      if (this.#child !== child) return;
      this.#child = undefined;
      console.log(`dev: the server ended with ${code}. It starts again after the next change.`);
    });
  }

  async #end(): Promise<void> {
    const child = this.#child;
    if (!child) return;
    this.#child = undefined;
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    await ended;
  }
}
