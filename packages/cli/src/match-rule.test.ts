import { expect, test } from "vitest";
import { parseConditions, readRule, ruleText } from "./match-rule.ts";

const context = { __type: "PermissionExpressionStack" };
const has = (key: string) => ({ __type: "PermissionExpressionHasTag", context, key });
const equal = (key: string, value: string) => ({
  __type: "PermissionExpressionEqual",
  left: { __type: "PermissionExpressionTag", context, key },
  right: { __type: "PermissionLiteralExpressionString", value },
});
const not = (node: object) => ({ __type: "PermissionExpressionNot", node });
const and = (left: object, right: object) => ({ __type: "PermissionExpressionAnd", left, right });
const or = (left: object, right: object) => ({ __type: "PermissionExpressionOr", left, right });

test.each([
  ["team", has("team")],
  ["!team", not(has("team"))],
  ["env=prod", equal("env", "prod")],
  ["env!=prod", not(equal("env", "prod"))],
  ["env=", equal("env", "")],
  ["vcs:repo=a/b c", equal("vcs:repo", "a/b c")],
  ["owner=Research and Development", equal("owner", "Research and Development")],
  ["a,b,c", and(and(has("a"), has("b")), has("c"))],
  ["env=prod, team!=web OR owner", or(and(equal("env", "prod"), not(equal("team", "web"))), has("owner"))],
  ["a OR b OR c", or(or(has("a"), has("b")), has("c"))],
])("%s", (text, rule) => {
  expect(parseConditions(text)).toEqual(rule);
});

test.each([
  ["env=prod,team!=web OR critical", or(and(equal("env", "prod"), not(equal("team", "web"))), has("critical"))],
  ["!a,b,c OR d OR e=", or(or(and(and(not(has("a")), has("b")), has("c")), has("d")), equal("e", ""))],
])("%s is shown as it was written", (text, rule) => {
  expect(ruleText(rule)).toBe(text);
});

test.each([
  ["alternatives inside a list", and(has("a"), or(has("b"), has("c")))],
  ["a comma in a value", equal("a", "b,c")],
  ["a negation of more", not(and(has("a"), has("b")))],
  ["what a later version knows", { __type: "PermissionExpressionStack" }],
])("%s can't be written so, and is shown as JSON", (_, rule) => {
  expect(ruleText(rule)).toBe(JSON.stringify(rule));
});

test.each([
  "env~prod",
  "(env=prod)",
  "env=prod AND",
  "a=b AND c",
  "",
  "=prod",
  "a,",
  ",a",
  "a OR ",
  "a or b",
  "!a=b",
  "a=b=c",
  "!",
  "!!a",
])('"%s" is no rule', (text) => {
  expect(() => parseConditions(text)).toThrow("is no condition on a tag");
});

test("JSON is sent as it is, and an empty text is no rule", async () => {
  expect(await readRule(JSON.stringify(has("team")))).toEqual(has("team"));
  expect(await readRule("")).toBeUndefined();
  const account = { __type: "PermissionExpressionInsightsAccount" };
  expect(await readRule("!env", "InsightsAccount")).toEqual(not({ ...has("env"), context: account }));
  await expect(readRule("@/nowhere/rule.json", "InsightsAccount")).rejects.toThrow("--account-rule /nowhere/rule.json");
  await expect(readRule("{")).rejects.toThrow("The rule is not JSON");
  await expect(readRule("@/nowhere/rule.json")).rejects.toThrow("no such file");
});
