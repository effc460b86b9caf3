import { newError, type Selector, type SelectorCondition, type Tags } from "@quillon/contract";
import { type Glob, matchesGlob, parseGlob } from "./glob.ts";

/** A stack, as far as selectors look at it. */
export interface SelectableStack {
  project: string;
  name: string;
  tags: Tags;
}

/** A selector that was parsed once, to be matched with many stacks. */
export interface Matcher {
  /** The conditions because of which it takes in the stack, or undefined when it does not. */
  reasons(stack: SelectableStack): SelectorCondition[] | undefined;
}

interface Test {
  condition: SelectorCondition;
  holds(stack: SelectableStack): boolean;
}

/**
 * Parses a selector of the shape that the contract gives it.
 *
 * @throws selector_invalid when it has no condition, an empty one, or a pattern that is not a glob.
 */
export function parseSelector({ all = [], any = [], except = [] }: Selector): Matcher {
  if (all.length + any.length === 0) {
    throw newError("selector_invalid", { problem: "empty" });
  }
  const tests = { all: all.map(parseCondition), any: any.map(parseCondition), except: except.map(parseCondition) };
  return {
    reasons(stack) {
      if (tests.except.some((test) => test.holds(stack))) return undefined;
      if (!tests.all.every((test) => test.holds(stack))) return undefined;
      const some = tests.any.filter((test) => test.holds(stack));
      if (tests.any.length > 0 && some.length === 0) return undefined;
      return [...tests.all, ...some].map(({ condition }) => condition);
    },
  };
}

function parseCondition(condition: SelectorCondition): Test {
  if ("project" in condition) {
    const glob = parse(condition.project);
    return { condition, holds: ({ project }) => matchesGlob(glob, project) };
  }
  if ("stack" in condition) {
    const glob = parse(condition.stack);
    return { condition, holds: ({ name }) => matchesGlob(glob, name) };
  }
  const { tag } = condition;
  if (typeof tag !== "string") throw newError("selector_invalid", { problem: "condition_empty" });
  const glob = condition.value === undefined ? undefined : parse(condition.value);
  return {
    condition,
    holds({ tags }) {
      const value = Object.hasOwn(tags, tag) ? tags[tag] : undefined;
      return value !== undefined && (glob === undefined || matchesGlob(glob, value));
    },
  };
}

function parse(text: string): Glob {
  const glob = parseGlob(text);
  if (glob) return glob;
  throw newError("selector_invalid", { problem: "pattern", pattern: text });
}
