import { expect, test } from "vitest";
import { atOnce } from "./at-once.ts";

test("so many are done at once, and nothing is begun after an error", async () => {
  let running = 0;
  let most = 0;
  const begun: number[] = [];
  const work = (failing: number) => async (item: number) => {
    begun.push(item);
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
    if (item === failing) throw new Error("no");
    return item * 2;
  };
  expect(await atOnce(2, [1, 2, 3, 4, 5], work(0))).toEqual([2, 4, 6, 8, 10]);
  expect(most).toBe(2);
  begun.length = 0;
  await expect(atOnce(2, [1, 2, 3, 4, 5], work(2))).rejects.toThrow("no");
  expect(running).toBe(0);
  expect(begun).not.toContain(5);
});
