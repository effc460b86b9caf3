import { newError, type Selector, type SelectorCondition } from "@quillon/contract";
import type { StackRule } from "./rule.ts";

// A selector as a rule, and back.

/** In each list of a selector, and in the value of a condition, in characters. */
const MOST = { conditions: 50, value: 256 };

/** @throws selector_invalid when neither `all` nor `any` has a condition. */
export function ruleOfSelector({ all = [], any = [], except = [] }: Selector): StackRule {
  if (all.length + any.length === 0) throw newError("selector_invalid", { problem: "empty" });
  return { all: [...all, ...(any.length > 0 ? [{ any }] : []), ...except.map((condition) => ({ not: condition }))] };
}

/** @returns a selector that takes in the same stacks, or undefined when none can say what the rule says. */
export function selectorOfRule(rule: StackRule): Selector | undefined {
  const parts = conjuncts({ rule, holds: true });
  if (!parts) return undefined;
  const all = parts.flatMap((part) => (part.alternatives.length === 1 && part.holds ? part.alternatives : []));
  const except = parts.flatMap((part) => (part.holds ? [] : part.alternatives));
  const [any = [], another] = parts.filter((part) => part.alternatives.length > 1).map((part) => part.alternatives);
  if (another) return undefined;
  // A selector that only excludes would be empty, so it says that everything else is in.
  const included = all.length + any.length > 0 ? all : [{ project: "*" }];
  const lists = { all: included, any, except };
  if (!Object.values(lists).every(fits)) return undefined;
  return Object.fromEntries(Object.entries(lists).filter(([, conditions]) => conditions.length > 0));
}

function fits(conditions: readonly SelectorCondition[]): boolean {
  if (conditions.length > MOST.conditions) return false;
  return conditions.every((one) => !("value" in one) || [...(one.value ?? "")].length <= MOST.value);
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

/** The parts that must all be so, or undefined when one of them is nothing that a selector has a list for. */
function conjuncts({ rule, holds }: Demand): Part[] | undefined {
  if ("not" in rule) return conjuncts({ rule: rule.not, holds: !holds });
  const inner = innerOf({ rule, holds });
  if (!inner) return [{ alternatives: [rule as SelectorCondition], holds }];
  if (inner.joined === "all" || inner.demands.length === 1) return flatten(inner.demands, conjuncts);
  const alternatives = flatten(inner.demands, alternativesOf);
  return alternatives && alternatives.length > 0 ? [{ alternatives, holds: true }] : undefined;
}

function alternativesOf({ rule, holds }: Demand): SelectorCondition[] | undefined {
  if ("not" in rule) return alternativesOf({ rule: rule.not, holds: !holds });
  const inner = innerOf({ rule, holds });
  if (!inner) return holds ? [rule as SelectorCondition] : undefined;
  return inner.joined === "any" || inner.demands.length === 1 ? flatten(inner.demands, alternativesOf) : undefined;
}

/** What must be so of the parts of a joined rule: not all of them is one of them not. Undefined for a condition. */
function innerOf({ rule, holds }: Demand): { joined: "all" | "any"; demands: Demand[] } | undefined {
  const demandsOf = (rules: readonly StackRule[]) => rules.map((part) => ({ rule: part, holds }));
  if ("all" in rule) return { joined: holds ? "all" : "any", demands: demandsOf(rule.all) };
  if ("any" in rule) return { joined: holds ? "any" : "all", demands: demandsOf(rule.any) };
  return undefined;
}

function flatten<T>(demands: readonly Demand[], of: (demand: Demand) => T[] | undefined): T[] | undefined {
  const found: T[] = [];
  for (const demand of demands) {
    const more = of(demand);
    if (!more) return undefined;
    found.push(...more);
  }
  return found;
}
