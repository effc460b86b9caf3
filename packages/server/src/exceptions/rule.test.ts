import { expect, test } from "vitest";
import { checkRules, type ExceptionRules } from "./rule.ts";

const none: ExceptionRules = { approval: false, longestHours: null, endRequired: false, forbiddenFrom: null };
const DAY = 24 * 3600;
const of = (...severities: string[]) => [
  { name: "mild", severities: [] },
  { name: "public", severities },
];

test.each<[string, Partial<ExceptionRules>, number | undefined, string[], string | undefined]>([
  ["nothing is asked", {}, undefined, ["critical"], undefined],
  ["approval alone bounds nothing", { approval: true }, undefined, ["critical"], undefined],
  ["an end is needed", { endRequired: true }, undefined, [], "needs an end"],
  ["an end is given", { endRequired: true }, 3650 * DAY, [], undefined],
  ["the longest is a day, which has an end", { longestHours: 24 }, undefined, [], "at most 1 day"],
  ["exactly the longest", { longestHours: 24 }, DAY, [], undefined],
  ["an hour more", { longestHours: 24 }, DAY + 3600, [], "25 hours, and it may be at most 1 day"],
  ["a worse severity", { forbiddenFrom: "high" }, DAY, ["critical"], "the policy public"],
  ["that severity", { forbiddenFrom: "high" }, DAY, ["high"], "the policy public"],
  ["one of several versions", { forbiddenFrom: "high" }, DAY, ["low", "high"], "the policy public"],
  ["a lower severity", { forbiddenFrom: "high" }, DAY, ["medium"], undefined],
  ["a word that nobody knows", { forbiddenFrom: "low" }, DAY, ["dire"], undefined],
])("%s", (_, ...row) => {
  const [rules, seconds, severities, sentence] = row;
  const check = () => checkRules({ ...none, ...rules }, { seconds, policies: of(...severities) });
  if (sentence === undefined) expect(check).not.toThrow();
  else expect(check).toThrow(sentence);
});
