import { expect, test } from "vitest";
import { Budget } from "./budget.ts";
import { compilePattern, patternProblem } from "./pattern.ts";

test.each([
  "^[a-z]+(-[a-z]+)*$",
  String.raw`^\d{1,3}(\.\d{1,3}){3}$`,
  String.raw`^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$`,
  String.raw`^[^@\s]+@[^@\s]+\.[^@\s]+$`,
  "^arn:aws:[a-z0-9-]+:.*$",
  "(ab|cd)*",
  "(?:[(+*]a)+",
  String.raw`(\(+x)*`,
  "((a{100}b){3})+",
  "((a)|(b))*",
  String.raw`(?i)(\Qa+\E[]+*])*\z`,
  "(^*a)+",
  "^(?i){2}a",
  "",
])("%s may be used", (pattern) => {
  expect(patternProblem(pattern, new Budget())).toBeUndefined();
});

test.each<[string, RegExp]>([
  ["^(a+)+$", /exponential/],
  ["(x+x+)+y", /exponential/],
  ["^(([a-zA-Z0-9]+)*)@x$", /exponential/],
  ["^(.*)*$", /exponential/],
  ["(?:a*){2,}", /exponential/],
  ["(?P<n>[a-z]+?)*", /exponential/],
  ["((a+)b?)+", /exponential/],
  ["(a|a)*", /exponential/],
  ["(a|b+)*", /exponential/],
  ["(^a+)+", /exponential/],
  [String.raw`(\p{L}+)+`, /exponential/],
  [String.raw`(\ba+\z)+`, /exponential/],
  ["(?i:[[:alpha:]]+)+", /exponential/],
  ["([]a]+)*", /exponential/],
  ["(?!foo)bar", /not a regular expression that Pulumi can run/],
  [String.raw`(a)\1`, /not a regular expression/],
  ["(", /not a regular expression/],
  ["(a{1000}){1000}", /not a regular expression/],
  ["a".repeat(501), /longer than 500/],
])("%s is refused", (pattern, problem) => {
  expect(patternProblem(pattern, new Budget())).toMatch(problem);
});

test("a slow pattern that is not refused still takes linear time", () => {
  const text = `${"a".repeat(50_000)}!`;
  expect(compilePattern("^(a|aa)+$", new Budget()).isIn(text)).toBe(false);
});
