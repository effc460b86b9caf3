import type { NoSelector, Selector, SelectorCondition } from "@quillon/contract";
import { readExpression } from "./expression.ts";
import { parseRule, type StackRule } from "./rule.ts";
import { expressionOfRule, ruleOfExpression, unsayable } from "./rule-expression.ts";
import { ruleOfSelector, selectorOfRule } from "./rule-selector.ts";

/**
 * A group's rule as it is kept: the JSON text of a selector or of a stackMatchRule, as it was sent. Every node of the latter has a
 * `__type`, and a selector has no such field.
 */
export type RuleText = string;

/**
 * @throws selector_invalid, match_rule_invalid: a group whose rule can't be understood must not look as if it took in nothing.
 */
export function readRule(text: RuleText): StackRule {
  if (isSelector(text)) return ruleOfSelector(JSON.parse(text));
  return ruleOfExpression(readExpression("stackMatchRule", text));
}

export function isSelector(text: RuleText): boolean {
  const value: Selector | { __type: string } = JSON.parse(text);
  return !("__type" in value);
}

/** @throws selector_invalid, match_rule_invalid */
export function checkRule(text: RuleText): void {
  parseRule(readRule(text));
}

/** The two ways to write a group's rule, one of them as it was sent. What is undefined can't be written in that way. */
export interface Spellings {
  /** JSON text. */
  selector: string | undefined;
  /** JSON text. */
  stackMatchRule: string | undefined;
  /** Because of this condition there is no stackMatchRule. */
  unsayable: SelectorCondition | undefined;
  /** Why there is no selector. */
  noSelector: NoSelector | undefined;
}

export function spellingsOf(text: RuleText): Spellings {
  const rule = readRule(text);
  const stackMatchRule = isSelector(text) ? JSON.stringify(expressionOfRule(rule)) : text;
  return { ...selectorIn(text, rule), stackMatchRule, unsayable: unsayable(rule) };
}

function selectorIn(text: RuleText, rule: StackRule): Pick<Spellings, "selector" | "noSelector"> {
  if (isSelector(text)) return { selector: text, noSelector: undefined };
  const spelling = selectorOfRule(rule);
  if ("noSelector" in spelling) return { selector: undefined, ...spelling };
  return { selector: JSON.stringify(spelling.selector), noSelector: undefined };
}
