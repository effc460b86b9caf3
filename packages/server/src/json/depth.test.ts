import { expect, test } from "vitest";
import { isDeeperThan } from "./depth.ts";

test.each<[json: string, depth: number]>([
  ["1", 0],
  ["[]", 1],
  ['{"a":[{"b":1}]}', 3],
  ["[[],[],[]]", 2],
  ['["[[[[","]]"]', 1],
  ['["\\"[[[["]', 1],
  ['["\\\\",[]]', 2],
  ['{"[[":{}}', 2],
  ["[".repeat(100_000), 100_000],
])("%.20s is %i levels deep", (json, depth) => {
  expect(isDeeperThan(Buffer.from(json), depth)).toBe(false);
  if (depth > 0) expect(isDeeperThan(Buffer.from(json), depth - 1)).toBe(true);
});
