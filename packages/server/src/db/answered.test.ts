import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { answered, NoAnswer } from "./answered.ts";

test("an answer that came while the process was stopped is in time", async () => {
  // From here the next turn of the event loop asks its timers first.
  await setImmediate();
  const waited = answered(setImmediate("answer"), 200);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400);
  expect(await waited).toBe("answer");
});

test("an answer that does not come is not waited for", async () => {
  await expect(answered(new Promise(() => {}), 200)).rejects.toThrow(NoAnswer);
});

test("what the database answers instead is told", async () => {
  await expect(answered(Promise.reject(new Error("refused")), 200)).rejects.toThrow("refused");
});
