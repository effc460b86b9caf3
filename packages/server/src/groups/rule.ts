import { newError, type SelectorCondition, type Tags } from "@quillon/contract";
import { type Glob, matchesGlob, parseGlob } from "./glob.ts";

/**
 * Which stacks a policy group takes in besides those in its list. A selector and a stackMatchRule are two spellings of it
 * (rule-selector.ts, rule-expression.ts).
 */
export type StackRule =
  | SelectorCondition
  | { readonly all: readonly StackRule[] }
  | { readonly any: readonly StackRule[] }
  | { readonly not: StackRule };

/** A stack, as far as rules look at it. */
export interface SelectableStack {
  project: string;
  name: string;
  tags: Tags;
}

/** A rule that was parsed once, to be matched with many stacks. */
export interface Matcher {
  /** The conditions that hold and because of which it takes in the stack, or undefined when it does not. */
  reasons(stack: SelectableStack): SelectorCondition[] | undefined;
}

/** @throws selector_invalid when it has an empty condition, or a pattern that is not a glob. */
export function parseRule(rule: StackRule): Matcher {
  if ("all" in rule) return every(rule.all.map(parseRule));
  if ("any" in rule) return some(rule.any.map(parseRule));
  if ("not" in rule) {
    const excluded = parseRule(rule.not);
    return { reasons: (stack) => (excluded.reasons(stack) ? undefined : []) };
  }
  const holds = parseCondition(rule);
  return { reasons: (stack) => (holds(stack) ? [rule] : undefined) };
}

function every(parts: readonly Matcher[]): Matcher {
  return {
    reasons(stack) {
      const reasons: SelectorCondition[] = [];
      for (const part of parts) {
        const more = part.reasons(stack);
        if (!more) return undefined;
        reasons.push(...more);
      }
      return reasons;
    },
  };
}

function some(parts: readonly Matcher[]): Matcher {
  return {
    reasons(stack) {
      const found = parts.flatMap((part) => {
        const reasons = part.reasons(stack);
        return reasons ? [reasons] : [];
      });
      return found.length > 0 ? found.flat() : undefined;
    },
  };
}

function parseCondition(condition: SelectorCondition): (stack: SelectableStack) => boolean {
  if ("project" in condition) {
    const glob = parse(condition.project);
    return ({ project }) => matchesGlob(glob, project);
  }
  if ("stack" in condition) {
    const glob = parse(condition.stack);
    return ({ name }) => matchesGlob(glob, name);
  }
  const { tag } = condition;
  if (typeof tag !== "string") throw newError("selector_invalid", { problem: "condition_empty" });
  const glob = condition.value === undefined ? undefined : parse(condition.value);
  return ({ tags }) => {
    const value = Object.hasOwn(tags, tag) ? tags[tag] : undefined;
    return value !== undefined && (glob === undefined || matchesGlob(glob, value));
  };
}

function parse(text: string): Glob {
  const glob = parseGlob(text);
  if (glob) return glob;
  throw newError("selector_invalid", { problem: "pattern", pattern: text });
}
