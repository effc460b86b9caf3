import { isDeepStrictEqual } from "node:util";
import type { Api, BodyOf } from "@quillon/contract";
import { parseObject } from "./arguments.ts";
import { readText } from "./read-text.ts";

type MatchRule = NonNullable<BodyOf<Api["POST /api/orgs/{orgName}/policygroups"]>["stackMatchRule"]>;

/** Whose tags a rule is about. */
export type Tagged = "Stack" | "InsightsAccount";

/**
 * A rule about tags, as `pulumi policy group new --stack-rule` and `--account-rule` take it: `env=prod,team!=web OR owner`, or JSON. And the
 * JSON of a file: `@rule.json`.
 *
 * @returns undefined for an empty text, which removes the rule.
 * @throws Error that says how to write it.
 */
export async function readRule(text: string, tagged: Tagged = "Stack"): Promise<MatchRule | undefined> {
  const option = tagged === "Stack" ? "--stack-rule" : "--account-rule";
  const given = (text.startsWith("@") ? await readText(option, text.slice(1)) : text).trim();
  if (given === "") return undefined;
  return given.startsWith("{") ? (parseObject("The rule", given) as MatchRule) : parseConditions(given, tagged);
}

/** Conditions with `,` between those that must all hold, and ` OR ` between alternatives. @throws Error */
export function parseConditions(text: string, tagged: Tagged = "Stack"): MatchRule {
  const context = { __type: `PermissionExpression${tagged}` };
  const conditions = (all: string) => all.split(",").map((one) => parseCondition(one, context));
  const alternatives = text.split(" OR ").map((all) => joined("And", conditions(all)));
  return joined("Or", alternatives);
}

/** As `parseConditions` reads it, and as JSON what it can't say. */
export function ruleText(rule: MatchRule): string {
  const text = sides(rule, "Or")
    .map((all) => sides(all, "And").map(conditionText).join(","))
    .join(" OR ");
  try {
    if (isDeepStrictEqual(parseConditions(text), rule)) return text;
  } catch {
    // No condition is written so.
  }
  return JSON.stringify(rule);
}

/** From left to right, as `joined` joins them. */
function sides(rule: MatchRule, how: "And" | "Or"): MatchRule[] {
  const { __type, left, right } = rule as { __type: string; left?: MatchRule; right?: MatchRule };
  return __type === `PermissionExpression${how}` && left && right ? [...sides(left, how), right] : [rule];
}

function conditionText(rule: MatchRule): string {
  const { node, ...plain } = rule as MatchRule & { node?: MatchRule };
  const { key, left, right } = (node ?? plain) as { key?: string; left?: { key: string }; right?: { value: string } };
  if (left) return `${left.key}${node ? "!=" : "="}${right?.value}`;
  return `${node ? "!" : ""}${key}`;
}

function joined(how: "And" | "Or", nodes: MatchRule[]): MatchRule {
  return nodes.reduce((left, right) => ({ __type: `PermissionExpression${how}`, left, right }));
}

function parseCondition(text: string, context: { __type: string }): MatchRule {
  const [, not = "", key = "", differs = "", value] = CONDITION.exec(text.trim()) ?? [];
  if (!TAG_NAME.test(key) || / or /i.test(text) || / AND( |$)/.test(text) || (not && value !== undefined))
    throw new Error(
      `"${text.trim()}" is no condition on a tag: write key=value, key!=value, key or !key, with commas or OR in capitals between them, or JSON.`,
    );
  const condition =
    value === undefined
      ? { __type: "PermissionExpressionHasTag", context, key }
      : {
          __type: "PermissionExpressionEqual",
          left: { __type: "PermissionExpressionTag", context, key },
          right: { __type: "PermissionLiteralExpressionString", value },
        };
  const negation = { __type: "PermissionExpressionNot", node: condition };
  return not || differs ? negation : condition;
}

/** Any other name can be no tag's, so it is a mistake. */
const TAG_NAME = /^[\w.:-]+$/;

const CONDITION = /^(!?)([^=!{][^=]*?)(?:(!?)=([^=]*))?$/;
