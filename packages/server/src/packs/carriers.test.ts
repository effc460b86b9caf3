import { expect, test } from "vitest";
import { isInRange } from "./carriers.ts";

test.each([
  ["1.2.3", "", true],
  ["1.2.3", "1.2.3", true],
  ["1.2.3", "1.2.4", false],
  ["1.2.3", "<1.2.4", true],
  ["1.2.4", "<1.2.4", false],
  ["1.2.4-rc.1", "<1.2.4", true],
  ["4.17.20", ">=4 <4.17.21 || ^3", true],
  ["2024a", "2024a", true],
  ["2024a", "<3000", false],
  ["", "1.0.0", false],
  ["", "", true],
])("%j in %j: %s", (version, range, expected) => {
  expect(isInRange(version, range)).toBe(expected);
});
