import { expect, test } from "vitest";
import { isUnproven } from "./receipt.ts";

const none = { mandatory: 0, advisory: 0, excepted: 0, remediated: 0, more: false };

test.each([
  ["missing", none, true],
  ["incomplete", none, true],
  ["complete", none, false],
  ["not-applicable", none, false],
  [undefined, none, false],
  ["incomplete", { ...none, advisory: 1 }, false],
] as const)("a run with the receipt %s and the results %j: %j", (receipt, results, unproven) => {
  expect(isUnproven({ ...(receipt && { receipt }), results })).toBe(unproven);
});
