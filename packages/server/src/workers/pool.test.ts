import { afterEach, expect, test } from "vitest";
import { type Task, Workers } from "./pool.ts";

const module = new URL("./pool.test-worker.ts", import.meta.url);
const workers = new Workers(module, { heapMb: 32 });
afterEach(() => workers.close());

const task = (name: string): Task<string, string> => ({ name, run: () => name });
const SIZES = { "above 64 KiB": 100_000, "above 4 MiB": 5_000_000 };

test.each(Object.entries(SIZES))(
  "tasks %s that need too much memory fail, and those that wait are done",
  async (_, size) => {
    const run = (name: string) => workers.run(task(name), "", size);
    const all = ["hoard", "hoard", "hoard", "hoard", "echo", "echo"].map(run);
    const outcomes = (await Promise.allSettled(all)).map(({ status }) => status);
    expect(outcomes).toEqual(["rejected", "rejected", "rejected", "rejected", "fulfilled", "fulfilled"]);
  },
);

test.each(Object.entries(SIZES))(
  "tasks %s that take too long are ended, and those that wait are done",
  async (_, size) => {
    const run = (name: string, ms: number) => workers.run(task(name), "", size, { ms });
    const all = [run("loop", 500), run("loop", 500), run("loop", 500), run("echo", 60_000)];
    const outcomes = (await Promise.allSettled(all)).map(({ status }) => status);
    expect(outcomes).toEqual(["rejected", "rejected", "rejected", "fulfilled"]);
  },
);
