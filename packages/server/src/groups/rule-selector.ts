import { type NoSelector, newError, type Selector, type SelectorCondition } from "@quillon/contract";
import type { StackRule } from "./rule.ts";

// A selector as a rule, and back.

/** In each list of a selector, and in the value of a condition, in characters. */
const MOST = { conditions: 50, value: 256 };

/** @throws selector_invalid when neither `all` nor `any` has a condition. */
export function ruleOfSelector({ all = [], any = [], except = [] }: Selector): StackRule {
  if (all.length + any.length === 0) throw newError("selector_invalid", { problem: "empty" });
  return { all: [...all, ...(any.length > 0 ? [{ any }] : []), ...except.map((condition) => ({ not: condition }))] };
}

/** A selector that takes in the same stacks as a rule, or why there is none. */
export type SelectorSpelling = { selector: Selector } | { noSelector: NoSelector };

export function selectorOfRule(rule: StackRule): SelectorSpelling {
  const parts = conjuncts({ rule, holds: true });
  if (!Array.isArray(parts)) return { noSelector: parts };
  const all = parts.flatMap((part) => (part.alternatives.length === 1 && part.holds ? part.alternatives : []));
  const except = parts.flatMap((part) => (part.holds ? [] : part.alternatives));
  const [any = [], another] = parts.filter((part) => part.alternatives.length > 1).map((part) => part.alternatives);
  if (another) return { noSelector: { problem: "alternatives_twice" } };
  // A selector that only excludes would be empty, so it says that everything else is in.
  const included = all.length + any.length > 0 ? all : [{ project: "*" }];
  const lists = { all: included, any, except };
  const noSelector = tooMuch(lists);
  if (noSelector) return { noSelector };
  return { selector: Object.fromEntries(Object.entries(lists).filter(([, conditions]) => conditions.length > 0)) };
}

function tooMuch(lists: Required<Selector>): NoSelector | undefined {
  for (const list of ["all", "any", "except"] as const) {
    const count = lists[list].length;
    if (count > MOST.conditions) return { problem: "many", list, count, most: MOST.conditions };
  }
  for (const condition of Object.values(lists).flat()) {
    if ("tag" in condition && [...(condition.value ?? "")].length > MOST.value)
      return { problem: "long", tag: condition.tag, most: MOST.value };
  }
  return undefined;
}

/** A rule that must hold, or must not. */
interface Demand {
  rule: StackRule;
  holds: boolean;
}

/** Conditions of which one must hold, or, when there is one, must not. */
interface Part {
  alternatives: SelectorCondition[];
  holds: boolean;
}

/** The parts that must all be so, or why one of them is nothing that a selector has a list for. */
function conjuncts({ rule, holds }: Demand): Part[] | NoSelector {
  if ("not" in rule) return conjuncts({ rule: rule.not, holds: !holds });
  const inner = innerOf({ rule, holds });
  if (!inner) return [{ alternatives: [rule as SelectorCondition], holds }];
  if (inner.joined === "all" || inner.demands.length === 1) return flatten(inner.demands, conjuncts);
  const alternatives = flatten(inner.demands, alternativesOf);
  if (!Array.isArray(alternatives)) return alternatives;
  return alternatives.length > 0 ? [{ alternatives, holds: true }] : { problem: "no_values" };
}

function alternativesOf({ rule, holds }: Demand): SelectorCondition[] | NoSelector {
  if ("not" in rule) return alternativesOf({ rule: rule.not, holds: !holds });
  const inner = innerOf({ rule, holds });
  if (!inner) return holds ? [rule as SelectorCondition] : { problem: "exclusion_in_alternatives" };
  if (inner.joined === "any" || inner.demands.length === 1) return flatten(inner.demands, alternativesOf);
  return { problem: inner.demands.length > 0 ? "several_in_alternatives" : "no_values" };
}

/** What must be so of the parts of a joined rule: not all of them is one of them not. Undefined for a condition. */
function innerOf({ rule, holds }: Demand): { joined: "all" | "any"; demands: Demand[] } | undefined {
  const demandsOf = (rules: readonly StackRule[]) => rules.map((part) => ({ rule: part, holds }));
  if ("all" in rule) return { joined: holds ? "all" : "any", demands: demandsOf(rule.all) };
  if ("any" in rule) return { joined: holds ? "any" : "all", demands: demandsOf(rule.any) };
  return undefined;
}

function flatten<T>(demands: readonly Demand[], of: (demand: Demand) => T[] | NoSelector): T[] | NoSelector {
  const found: T[] = [];
  for (const demand of demands) {
    const more = of(demand);
    if (!Array.isArray(more)) return more;
    found.push(...more);
  }
  return found;
}
