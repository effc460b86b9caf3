import { describe, expect, test } from "vitest";
import { pointsOf, rangeOf, trendOf } from "./trend.ts";

const now = {
  passingPolicies: 9,
  policies: 10,
  exceptedPolicies: 0,
  cleanResources: 4,
  governedResources: 8,
};
const pack = (day: string, policyPack: string, passingPolicies: number, policies: number) => ({
  ...{ day, policyPack, policyPackTags: ["1"], stacks: 1, exceptedPolicies: 0, score: 0 },
  ...{ passingPolicies, policies, cleanResources: 1, governedResources: 1, exceptedResources: 0, resourceScore: 0 },
});

describe("the scores of days", () => {
  const trend = trendOf(
    {
      days: [pack("2030-01-01", "a", 1, 2), pack("2030-01-01", "b", 2, 2), pack("2030-01-03", "a", 2, 2)],
      resources: [{ day: "2030-01-03", cleanResources: 3, governedResources: 8 }],
      changes: [{ day: "2030-01-02", event: "Policy Pack Published", count: 2 }],
    },
    now,
  );

  test("packs are added, a day may have changes alone, and now comes last", () => {
    expect(trend).toEqual([
      { day: "2030-01-01", policies: { n: 3, of: 4 }, resources: undefined, changes: [] },
      {
        day: "2030-01-02",
        policies: undefined,
        resources: undefined,
        changes: [{ event: "Policy Pack Published", count: 2 }],
      },
      { day: "2030-01-03", policies: { n: 2, of: 2 }, resources: { n: 3, of: 8 }, changes: [] },
      { day: "", policies: { n: 9, of: 10 }, resources: { n: 4, of: 8 }, changes: [] },
    ]);
  });

  test("points are where their days are, also when some are missing", () => {
    const points = pointsOf(trend, ({ policies }) => policies, Date.parse("2030-01-05"));
    expect(points.map(({ day, x, part }) => [day, x, part])).toEqual([
      ["2030-01-01", 0, 0.75],
      ["2030-01-03", 0.5, 1],
      ["", 1, 0.9],
    ]);
    const resources = pointsOf(trend, (day) => day.resources, Date.parse("2030-01-05"));
    expect(resources.map(({ x }) => x)).toEqual([0, 1]);
    expect(pointsOf([], () => undefined, 0)).toEqual([]);
  });

  test.each([
    [
      [0.9, 0.95],
      [0.85, 1],
    ],
    [
      [1, 1],
      [0.85, 1],
    ],
    [
      [0, 0.5],
      [0, 0.55],
    ],
    [[0.02], [0, 0.07]],
  ])("the range of %j is %j", (parts, [low, high]) => {
    const range = rangeOf(parts.map((part) => ({ day: "", x: 0, n: 0, of: 1, part })));
    expect([range.low, range.high]).toEqual([expect.closeTo(low ?? 0, 2), expect.closeTo(high ?? 0, 2)]);
  });
});
