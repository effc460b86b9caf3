import { expect, test } from "vitest";
import { measure } from "./measure.ts";

test.each<[json: string, depth: number, values: number]>([
  ["1", 0, 1],
  ["null", 0, 1],
  ["{}", 1, 1],
  ['{"a":[1,{"b":2}],"c":[]}', 3, 6],
])("%s", (json, depth, values) => {
  expect(measure(JSON.parse(json))).toEqual({ depth, values });
});

test("a deeply nested value is measured without a stack overflow", () => {
  const levels = 100_000;
  expect(measure(JSON.parse("[".repeat(levels) + "]".repeat(levels)))).toEqual({ depth: levels, values: levels });
});
