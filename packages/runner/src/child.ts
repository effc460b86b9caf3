import { type ChildProcess, type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { atEnd } from "./at-end.ts";

interface Options {
  cwd: string;
  env?: NodeJS.ProcessEnv;
  /** Whether the program is a script on Windows, as npm is. */
  isScript?: boolean;
  /** Whether it gets a fourth pipe, which is its file descriptor 3. */
  withAnswer?: boolean;
}

/** A program that ends when this process does, with every process that it has started. */
export interface Child {
  process: ChildProcessByStdio<Writable, Readable, Readable>;
  /** Ends its processes. */
  stop(): Promise<void>;
}

const isWindows = process.platform === "win32";

/** How long what a program has printed is read once it has ended. Another one that it has started may never close its outputs. */
const READING_MILLISECONDS = 1000;

/** In a process group of its own, because it may be a script that starts others. What ends this process would not reach them. */
export function startChild(
  [program = "", ...args]: readonly string[],
  { isScript = false, withAnswer = false, ...options }: Options,
): Child {
  const child = spawn(program, args, {
    ...options,
    shell: isScript && isWindows,
    detached: !isWindows,
    stdio: withAnswer ? ["pipe", "pipe", "pipe", "pipe"] : ["pipe", "pipe", "pipe"],
  } as const) as ChildProcess as ChildProcessByStdio<Writable, Readable, Readable>;
  let isOver = child.pid === undefined;
  const kill = () => {
    // Once all its output is closed, its number may be another process's.
    if (!isOver) killGroup(child.pid as number);
  };
  const forget = atEnd(kill, { isProcess: true });
  const closed = new Promise<void>((resolve) => {
    const end = () => {
      isOver = true;
      forget();
      resolve();
    };
    if (isOver) end();
    child.once("exit", () => {
      const reading = setTimeout(() => {
        for (const output of [child.stdout, child.stderr]) output.destroy();
      }, READING_MILLISECONDS);
      child.once("close", () => clearTimeout(reading));
    });
    child.once("close", end);
  });
  const stop = () => {
    kill();
    return closed;
  };
  return { process: child, stop };
}

function killGroup(pid: number): void {
  try {
    // Windows has no such groups.
    process.kill(isWindows ? pid : -pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
