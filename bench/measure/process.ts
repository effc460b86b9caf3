import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { repositoryDir } from "../../tools/repository.ts";

/** A Node.js process that has printed that it is ready. */
export interface Running {
  pid: number;
  /** What the pattern's group matched, or all that the pattern matched. */
  printed: string;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** Starts `node ARGS` and waits until its output matches. */
export async function start(
  args: string[],
  ready: RegExp,
  { cwd = repositoryDir, env = process.env }: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<Running> {
  const child = spawn(process.execPath, args, { cwd, env, stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "close");
  const printed = await new Promise<string>((resolve, reject) => {
    let text = "";
    child.stdout.on("data", (chunk) => {
      text += chunk;
      const match = ready.exec(text);
      if (match) resolve(match[1] ?? match[0]);
    });
    ended.then(([code]) => reject(new Error(`node ${args[0]} ended with ${code} before it was ready`)), reject);
  });
  return {
    pid: child.pid ?? 0,
    printed,
    async stop(signal = "SIGTERM") {
      child.kill(signal);
      await ended;
    },
  };
}

/** Bytes of a process's memory that are in RAM: now, and the most so far. Linux only. */
export function memoryOf(pid: number): { rss: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const bytes = (field: string) => Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1]) * 1024;
  return { rss: bytes("VmRSS"), peak: bytes("VmHWM") };
}

/** Milliseconds of processor time that a process's threads have taken. Linux only. */
export function processorTime(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const taken = threads.map((id) => Number(readFileSync(`/proc/${pid}/task/${id}/schedstat`, "utf8").split(" ")[0]));
  return taken.reduce((sum, nanoseconds) => sum + nanoseconds, 0) / 1e6;
}
