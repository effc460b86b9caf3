import { once } from "node:events";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";
import { startChild } from "./child.ts";

/** Starts a program in a group of its own that keeps the outputs open, and prints its number. */
const leaves = `const { pid } = require("child_process").spawn("sleep", ["600"], { detached: true, stdio: "inherit" });
console.log(pid);`;

test.each([
  ["is stopped", "setInterval(() => {}, 1000);"],
  ["ends", "process.exit(3);"],
])("a program that %s is over, although another one that it has started goes on", async (_, then) => {
  const { process: child, stop } = startChild([process.execPath, "-e", leaves + then], { cwd: process.cwd() });
  const closed = once(child, "close");
  const [left] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  onTestFinished(() => void process.kill(Number(left), "SIGKILL"));
  if (then.startsWith("set")) await stop();
  const [code, signal] = await closed;
  expect(code ?? signal).toBe(then.startsWith("set") ? "SIGKILL" : 3);
});
