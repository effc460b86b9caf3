import { RE2JS } from "re2js";
import { repeatsAmbiguously } from "./ambiguous-repeat.ts";

/** In characters. */
const LONGEST = 500;

/**
 * What is wrong with a stranger's regular expression, in words, or undefined when it may be used.
 *
 * The server and the Pulumi CLI run patterns in time linear in the text, with RE2's syntax. A pack's own SDK may
 * backtrack, so a pattern that would take exponential time there is refused too.
 */
export function patternProblem(pattern: string): string | undefined {
  if (pattern.length > LONGEST) return `is longer than ${LONGEST} characters`;
  try {
    RE2JS.compile(pattern);
  } catch (error) {
    return `is not a regular expression that Pulumi can run: ${(error as Error).message}`;
  }
  return repeatsAmbiguously(pattern)
    ? "repeats a group that itself repeats, which can take exponential time"
    : undefined;
}

export interface Pattern {
  /** How many steps a search through `text` may take, in the units of a check's budget. */
  cost(text: string): number;
  isIn(text: string): boolean;
}

/** @throws Error when RE2 does not accept the pattern. */
export function compilePattern(pattern: string): Pattern {
  const compiled = RE2JS.compile(pattern);
  const size = compiled.programSize();
  return {
    cost: (text) => (text.length * size) / 100,
    isIn: (text) => compiled.matcher(text).find(),
  };
}
