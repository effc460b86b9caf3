import { RE2JS } from "re2js";
import { repeatsAmbiguously } from "./ambiguous-repeat.ts";
import { type Budget, TooMuchWork } from "./budget.ts";

/** In characters. */
const LONGEST = 500;

/**
 * Checks a regular expression whose author is not trusted.
 *
 * This server and the Pulumi CLI both use RE2, which takes time linear in the text. A pack's own SDK may use an engine
 * that backtracks, so a pattern that can take exponential time there is refused as well.
 *
 * @param budget pays for compiling it.
 * @returns what is wrong with it, as the end of a sentence; undefined when it may be used.
 * @throws TooMuchWork
 */
export function patternProblem(pattern: string, budget: Budget): string | undefined {
  if (pattern.length > LONGEST) return `is longer than ${LONGEST} characters`;
  try {
    compilePattern(pattern, budget);
    if (!repeatsAmbiguously(pattern)) return undefined;
    return "repeats a group that itself repeats, which can take exponential time";
  } catch (error) {
    if (error instanceof TooMuchWork) throw error;
    return `is not a regular expression that Pulumi can run: ${(error as Error).message}`;
  }
}

export interface Pattern {
  /** How many steps a search through `text` may take, in the units of a check's budget. */
  cost(text: string): number;
  isIn(text: string): boolean;
}

/**
 * @param budget pays for it. How much a pattern unfolds to is known only afterwards, so one may overdraw the budget.
 * @throws TooMuchWork
 * @throws Error when RE2 does not accept the pattern.
 */
export function compilePattern(pattern: string, budget: Budget): Pattern {
  const compiled = RE2JS.compile(pattern);
  const size = compiled.programSize();
  budget.spend(20 + 4 * size);
  // As measured: what a search takes at least, and for each character of the text.
  return {
    cost: (text) => 3 + size / 200 + text.length * (0.3 + size / 50),
    isIn: (text) => compiled.matcher(text).find(),
  };
}
