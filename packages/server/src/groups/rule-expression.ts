import { newError, type SelectorCondition } from "@quillon/contract";
import type { Expression, OperandNode } from "./expression-nodes.ts";
import { globOf, literalOf, matchesAll, parseGlob } from "./glob.ts";
import type { StackRule } from "./rule.ts";

// A stackMatchRule as a rule, and back. It looks at tags, whose values it compares exactly.

/** The most characters in the name of a tag. */
const LONGEST_NAME = 40;

/** @throws match_rule_invalid when it asks for something else than the stack's tags. */
export function ruleOfExpression(expression: Expression, at = "stackMatchRule"): StackRule {
  switch (expression.__type) {
    case "PermissionExpressionAnd":
      return {
        all: [ruleOfExpression(expression.left, `${at}.left`), ruleOfExpression(expression.right, `${at}.right`)],
      };
    case "PermissionExpressionOr":
      return {
        any: [ruleOfExpression(expression.left, `${at}.left`), ruleOfExpression(expression.right, `${at}.right`)],
      };
    case "PermissionExpressionNot":
      return { not: ruleOfExpression(expression.node, `${at}.node`) };
    case "PermissionExpressionHasTag":
      return { tag: tagOf(expression, at) };
    case "PermissionExpressionEqual": {
      const sides = [expression.left, expression.right];
      const text = sides.find(({ __type }) => __type === "PermissionLiteralExpressionString");
      const tag = sides.find(({ __type }) => __type === "PermissionExpressionTag");
      if (!text || !tag) throw notOfTags(at);
      return { tag: tagOf(tag, at), value: globOf(String(text.value ?? "")) };
    }
    case "PermissionExpressionIn": {
      const { target, values } = expression;
      if (target.__type !== "PermissionExpressionTag") throw notOfTags(at);
      if (values.__type !== "PermissionSetExpressionString") throw notOfTags(at);
      const tag = tagOf(target, at);
      return { any: (values.values ?? []).map((value) => ({ tag, value: globOf(value) })) };
    }
  }
}

/** The name of the tag of a HasTag or a Tag. */
function tagOf({ context, key = "" }: { context?: OperandNode; key?: string }, at: string): string {
  if (context?.__type !== "PermissionExpressionStack") throw notOfTags(at);
  if (key.length > 0 && key.length <= LONGEST_NAME) return key;
  throw newError("match_rule_invalid", { problem: "tag_name", rule: "stackMatchRule", at, most: LONGEST_NAME });
}

function notOfTags(at: string) {
  return newError("match_rule_invalid", { problem: "not_of_tags", rule: "stackMatchRule", at });
}

/** @returns an expression that takes in the same stacks, or undefined when none can say what the rule says. */
export function expressionOfRule(rule: StackRule): Expression | undefined {
  if ("all" in rule) return join("PermissionExpressionAnd", rule.all);
  if ("any" in rule) return join("PermissionExpressionOr", rule.any);
  if ("not" in rule) {
    const node = expressionOfRule(rule.not);
    return node && { __type: "PermissionExpressionNot", node };
  }
  return expressionOfCondition(rule);
}

/** From the left, as the CLI joins conditions. https://github.com/pulumi/pulumi/blob/v3.274.1/pkg/cmd/pulumi/policy/policy_group_rules.go */
function join(
  __type: "PermissionExpressionAnd" | "PermissionExpressionOr",
  rules: readonly StackRule[],
): Expression | undefined {
  const [first, ...others] = rules.map(expressionOfRule);
  return others.reduce((left, right) => left && right && { __type, left, right }, first);
}

function expressionOfCondition(condition: SelectorCondition): Expression | undefined {
  if (!("tag" in condition)) return undefined;
  const { tag: key, value } = condition;
  const context = { __type: "PermissionExpressionStack" };
  const glob = value === undefined ? undefined : parseGlob(value);
  if (value === undefined || (glob && matchesAll(glob))) return { __type: "PermissionExpressionHasTag", context, key };
  const text = glob && literalOf(glob);
  if (text === undefined) return undefined;
  const right = { __type: "PermissionLiteralExpressionString", ...(text !== "" && { value: text }) };
  return { __type: "PermissionExpressionEqual", left: { __type: "PermissionExpressionTag", context, key }, right };
}

/** The first condition of the rule that no expression can say. */
export function unsayable(rule: StackRule): SelectorCondition | undefined {
  if ("all" in rule) return rule.all.map(unsayable).find(Boolean);
  if ("any" in rule) return rule.any.map(unsayable).find(Boolean);
  if ("not" in rule) return unsayable(rule.not);
  return expressionOfCondition(rule) ? undefined : rule;
}
