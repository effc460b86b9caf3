import { expect, test } from "vitest";
import { inParts } from "./value-batches.ts";

test.each([
  [[], []],
  [
    ["a", "b", "c"],
    [["a", "b"], ["c"]],
  ],
  [
    ["aaaaaaaaa", "b"],
    [["aaaaaaaaa"], ["b"]],
  ],
])("%j in parts", (values, parts) => {
  expect(inParts(values, { most: 2, characters: 5 })).toEqual(parts);
});
