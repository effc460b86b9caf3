import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { onBehalfOf } from "../seats.ts";
import { type Task, Workers } from "./pool.ts";

const module = new URL("./pool.test-worker.ts", import.meta.url);
let workers: Workers;
beforeEach(() => {
  workers = new Workers(module, { heapMb: 32 });
});
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

test.each(Object.entries(SIZES))("a task %s that the end of the server interrupts does not fail", async (_, size) => {
  const outcomes: string[] = [];
  const settled = (run: Promise<string>) =>
    run.then(
      () => outcomes.push("done"),
      () => outcomes.push("failed"),
    );
  const tasks = ["loop", "loop"].map((name) => settled(workers.run(task(name), "", size)));
  await workers.close();
  await Promise.race([...tasks, setImmediate()]);
  expect(outcomes).toEqual([]);
});

test.each(Object.entries(SIZES))("a task %s for which no thread can be started is refused", async (_, size) => {
  const none = new Workers(new URL("./no-such-file.ts", import.meta.url));
  await expect(none.run(task("echo"), "", size)).rejects.toMatchObject({ id: "server_busy" });
  await none.close();
});

test("what one caller has much of does not keep out others, and is done one after the other", async () => {
  const ended: string[] = [];
  const turn = (caller: string, name: string) =>
    onBehalfOf(caller, () => workers.turn(() => workers.run(task("echo"), "", 5_000_000))).then(() => ended.push(name));
  const many = ["1", "2", "3", "4"].map((name) => turn("busy", name));
  await turn("other", "other");
  expect(ended).not.toContain("4");
  await Promise.all(many);
  expect(ended.filter((name) => name !== "other")).toEqual(["1", "2", "3", "4"]);
});

test("a turn is over when its work has failed", async () => {
  const turn = (work: () => Promise<string>) => onBehalfOf("one", () => workers.turn(work));
  await expect(turn(() => Promise.reject(new Error("failed")))).rejects.toThrow("failed");
  expect(await turn(async () => "done")).toBe("done");
});

test("a task that comes when the server ends starts no thread", async () => {
  await workers.close();
  const outcome = workers.run(task("echo"), "", SIZES["above 64 KiB"]).then(() => "done");
  expect(await Promise.race([outcome, setImmediate("not done")])).toBe("not done");
  expect(workers.tasks()).toEqual({ running: 0, waiting: 0 });
});
