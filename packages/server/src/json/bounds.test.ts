import { expect, test } from "vitest";
import { exceededBound } from "./bounds.ts";

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
  expect(exceededBound(Buffer.from(json), { depth, values: 1e9 })).toBeUndefined();
  if (depth > 0) expect(exceededBound(Buffer.from(json), { depth: depth - 1, values: 1e9 })).toBe("depth");
});

test.each<[json: string, values: number]>([
  ["1", 1],
  ["[1,2,3]", 4],
  ['{"a":1,"b":[2,"c"]}', 5],
  ['[",,,,","\\",,"]', 3],
  ['{",,":",,"}', 2],
])("%s has %i values", (json, values) => {
  expect(exceededBound(Buffer.from(json), { depth: 9, values })).toBeUndefined();
  expect(exceededBound(Buffer.from(json), { depth: 9, values: values - 1 })).toBe("values");
});

test("an empty array or object counts as two values", () => {
  expect(exceededBound(Buffer.from("[{},[]]"), { depth: 9, values: 6 })).toBeUndefined();
});
