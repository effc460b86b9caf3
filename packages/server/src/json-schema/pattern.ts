import { RE2JS } from "re2js";
import { repeatsAmbiguously } from "./ambiguous-repeat.ts";

/** In characters. */
const LONGEST = 500;

/**
 * Checks a regular expression whose author is not trusted.
 *
 * This server and the Pulumi CLI both use RE2, which takes time linear in the text. A pack's own SDK may use an engine
 * that backtracks, so a pattern that can take exponential time there is refused as well.
 *
 * @returns what is wrong with it, as the end of a sentence; undefined when it may be used.
 */
export function patternProblem(pattern: string): string | undefined {
  if (pattern.length > LONGEST) return `is longer than ${LONGEST} characters`;
  try {
    RE2JS.compile(pattern);
    if (!repeatsAmbiguously(pattern)) return undefined;
    return "repeats a group that itself repeats, which can take exponential time";
  } catch (error) {
    return `is not a regular expression that Pulumi can run: ${(error as Error).message}`;
  }
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
