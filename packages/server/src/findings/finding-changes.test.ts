import { expect, test } from "vitest";
import { type FindingChange, mergeChanges } from "./finding-changes.ts";

const found = (policy: string, severity: string) => ({
  id: policy,
  pack: "pets",
  tag: "1.0.0",
  policy,
  urn: "urn",
  level: "mandatory",
  severity,
  message: "",
});
const opened = (...policies: [policy: string, severity: string][]): FindingChange => ({
  how: "opened",
  mandatory: true,
  count: 10,
  top: policies.map(([policy, severity]) => found(policy, severity)),
});

test("Changes of several parts are one for each way and level, with all that is counted and the five worst", () => {
  const merged = mergeChanges([
    opened(["a", "high"], ["c", "low"], ["e", ""]),
    { ...opened(["x", "low"]), how: "fixed" },
    opened(["b", "critical"], ["d", "low"], ["f", ""]),
    { ...opened(["y", "low"]), mandatory: false },
  ]);
  expect(
    merged.map(({ how, mandatory, count, top }) => [how, mandatory, count, top.map(({ policy }) => policy).join("")]),
  ).toEqual([
    ["opened", true, 20, "bacde"],
    ["fixed", true, 10, "x"],
    ["opened", false, 10, "y"],
  ]);
});
