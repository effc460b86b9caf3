import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** A pack that did not start, or ended. The message says what it printed. */
export class PackFailed extends Error {
  override readonly name = "PackFailed";
}

export interface RunningPack {
  /** On 127.0.0.1. */
  readonly port: number;
  /** What it has printed to stderr so far. */
  stderr(): string;
  /** Ends its processes. */
  stop(): Promise<void>;
}

interface Options {
  /** Absolute path of the folder with PulumiPolicy.yaml. */
  directory: string;
  /** The program and its first arguments; see `nodeCommand`. */
  command: string[];
  env?: NodeJS.ProcessEnv;
  /** Ends a start that takes too long. */
  signal?: AbortSignal;
}

/** The pack calls its engine only to log. Nothing listens there, which packs bear. */
const NO_ENGINE = "127.0.0.1:1";

const running = new Set<ChildProcess>();

// Packs are in process groups of their own, so what ends this process does not reach them.
process.once("exit", () => running.forEach(kill));
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    running.forEach(kill);
    process.kill(process.pid, signal);
  });
}

/**
 * Starts a policy pack the way the engine does, and waits until it serves: its first line of stdout is its port.
 *
 * @throws PackFailed when the process ends before that, prints something else, or can't be started.
 */
export async function startPack({ directory, command, env = process.env, signal }: Options): Promise<RunningPack> {
  const [program = "", ...args] = command;
  signal?.throwIfAborted();
  // In a process group of its own, because what starts a pack may be a script.
  const child = spawn(program, [...args, NO_ENGINE, "."], {
    cwd: directory,
    env,
    detached: process.platform !== "win32",
    stdio: ["pipe", "pipe", "pipe"],
  });
  let printed = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
  });
  running.add(child);
  const closed = new Promise<void>((resolve) =>
    child.once("close", () => {
      running.delete(child);
      resolve();
    }),
  );
  const stop = () => {
    kill(child);
    return closed;
  };
  const port = await new Promise<number>((resolve, reject) => {
    const failed = (what: string) => reject(new PackFailed(`${what}${printed.trim() ? `:\n${printed.trim()}` : "."}`));
    createInterface({ input: child.stdout }).once("line", (line) => {
      const port = Number(line.trim());
      if (Number.isInteger(port) && port > 0 && port < 65_536) resolve(port);
      else failed(`The policy pack printed "${line.slice(0, 200)}" where the engine expects its port`);
    });
    child.once("error", (error) => failed(`${program} can't be started: ${error.message}`));
    child.once("close", (code, by) => failed(`The policy pack's program ended with ${by ?? `exit code ${code}`}`));
    signal?.addEventListener("abort", () => failed("The policy pack did not start in time"), { once: true });
  }).catch(async (error: unknown) => {
    if (child.pid !== undefined) await stop();
    throw error;
  });
  return { port, stderr: () => printed, stop };
}

/** Once all its output is closed, its number may be another process's. */
function kill(child: ChildProcess): void {
  if (child.pid === undefined || !running.has(child)) return;
  try {
    if (process.platform === "win32") child.kill();
    else process.kill(-child.pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
