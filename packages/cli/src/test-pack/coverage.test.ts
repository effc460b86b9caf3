import { expect, test } from "vitest";
import { addUp, missingOf } from "./coverage.ts";

const counts = { violated: 0, satisfied: 0, undetermined: 0, notApplicable: 0 };

test("a policy that several tests load is there once", () => {
  const sum = addUp([
    { policies: { b: { ...counts, violated: 1 }, a: { ...counts, satisfied: 2 } } },
    { policies: { b: { ...counts, violated: 2, notApplicable: 1 } } },
  ]);
  expect(sum).toEqual([
    { ...counts, policy: "a", satisfied: 2 },
    { ...counts, policy: "b", violated: 3, notApplicable: 1 },
  ]);
});

test("what no test shows is said", () => {
  expect(missingOf([])).toEqual([]);
  expect(missingOf([{ ...counts, policy: "a", violated: 1, satisfied: 1 }])).toEqual([]);
  expect(
    missingOf([
      { ...counts, policy: "a" },
      { ...counts, policy: "b", violated: 1 },
    ]),
  ).toEqual(["No test shows a violation of a.", "No test shows a resource or a stack that keeps to the rule of a, b."]);
});
