import { type AST, RegExpParser } from "@eslint-community/regexpp";

const parser = new RegExpParser();

/**
 * Whether a pattern repeats a group without bound although one repetition can be divided in more than one way: all that is
 * in the group is itself repeated, as in `(a+)+`, or may be left out, or two of its alternatives are the same, as in
 * `(a|a)*`. An engine that backtracks takes exponential time for such a pattern.
 *
 * @param pattern in RE2's syntax.
 */
export function repeatsAmbiguously(pattern: string): boolean {
  try {
    return hasAmbiguousRepeat(parser.parsePattern(toJavaScript(pattern)).alternatives);
  } catch {
    // RE2 takes more than JavaScript. Nothing can be said about the rest.
    return false;
  }
}

/** What RE2 writes in another way than JavaScript, as something that counts the same here. */
function toJavaScript(pattern: string): string {
  return pattern
    .replaceAll("(?P<", "(?<")
    .replace(/\(\?[a-zA-Z]+(?:-[a-zA-Z]+)?([:)])/g, (_, end) => (end === ":" ? "(?:" : ""))
    .replace(/\[:\^?\w+:\]/g, "\\w")
    .replace(/\\(?:[pP]\{[^}]*\}|x\{[^}]*\}|.)/gsu, (text) => ESCAPES[text.slice(0, 3)] ?? ESCAPES[text] ?? text);
}

const ESCAPES: Record<string, string> = {
  "\\p{": "\\w",
  "\\P{": "\\w",
  "\\x{": "x",
  "\\A": "^",
  "\\z": "$",
  "\\Z": "$",
};

function hasAmbiguousRepeat(alternatives: readonly AST.Alternative[]): boolean {
  return alternatives.some(({ elements }) =>
    elements.some((element) => {
      const inner = innerOf(element);
      if (!inner) return false;
      return (isUnbounded(element) && isAmbiguous(inner)) || hasAmbiguousRepeat(inner);
    }),
  );
}

function isAmbiguous(alternatives: readonly AST.Alternative[]): boolean {
  const texts = new Set(alternatives.map(({ raw }) => raw));
  return (
    texts.size < alternatives.length ||
    alternatives.some((alternative) => repeats(alternative) && !isAnchored(alternative))
  );
}

function repeats({ elements }: AST.Alternative): boolean {
  return elements.some((element) => isUnbounded(element) || (innerOf(element)?.some(repeats) ?? false));
}

/** Whether something is in it exactly once, which tells one repetition from the next. */
function isAnchored({ elements }: AST.Alternative): boolean {
  return elements.some((element) => {
    if (element.type === "Assertion") return false;
    if (element.type === "Quantifier" && (element.min === 0 || isUnbounded(element))) return false;
    return innerOf(element)?.every(isAnchored) ?? true;
  });
}

function isUnbounded(element: AST.Element): boolean {
  return element.type === "Quantifier" && element.max === Number.POSITIVE_INFINITY;
}

/** The alternatives of a group, also of one that is repeated. */
function innerOf(element: AST.Element): readonly AST.Alternative[] | undefined {
  const one = element.type === "Quantifier" ? element.element : element;
  return one.type === "Group" || one.type === "CapturingGroup" ? one.alternatives : undefined;
}
