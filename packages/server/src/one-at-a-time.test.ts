import { expect, test } from "vitest";
import { oneAtATime } from "./one-at-a-time.ts";

test("What is done regularly is not begun again until it has ended, also when it failed", async () => {
  let begun = 0;
  const fail: (() => void)[] = [];
  const work = oneAtATime(() => {
    begun += 1;
    return new Promise((_, reject) => fail.push(() => reject(new Error("no"))));
  });
  const first = work();
  await work();
  expect(begun).toBe(1);
  fail[0]?.();
  await expect(first).rejects.toThrow("no");
  void work();
  expect(begun).toBe(2);
});
