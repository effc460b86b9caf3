import { expect, test } from "vitest";
import { thoseInRange } from "./carriers.ts";

test.each([
  ["1.2.3", "", true],
  ["1.2.3", "1.2.3", true],
  ["1.2.3", "1.2.4", false],
  ["1.2.3", "<1.2.4", true],
  ["1.2.4", "<1.2.4", false],
  ["1.2.4-rc.1", "<1.2.4", true],
  ["4.17.20", ">=4 <4.17.21 || ^3", true],
  ["26.3", ">=26 <27", true],
  ["26", "<26.1", true],
  ["26.3", "<26.3", false],
  ["2024.07.04", ">=2024.7.1", true],
  ["2.9.0.post0", "<3", true],
  ["2.9.0.post0", "<2.9.0", false],
  ["0.4.post1", ">=0.4 <0.5", true],
  ["3.0rc1", ">=3 <4", true],
  ["3.0rc1", "<3", false],
  ["2.32.4.20250913", ">=2.32.4 <2.32.5", true],
  ["2.32.4.20250913", "<2.32.4", false],
  ["2.6+cpu", "<2.7", true],
  ["1.0.0-rc.1", ">=1.0.0", false],
  ["1!2.0", "<3", false],
  ["2024a", "2024a", true],
  ["2024a", "<3000", false],
  ["", "1.0.0", false],
  ["", "", true],
  ["1.2.3", "not a range", false],
  ["not a range", "not a range", true],
  [`1.2.3-${"a".repeat(300)}`, "<2", false],
])("%j in %j: %s", async (version, range, expected) => {
  expect(await thoseInRange([version], range)).toEqual(expected ? [version] : []);
});
