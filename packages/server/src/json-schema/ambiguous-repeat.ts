import { type AST, RegExpParser, visitRegExpAST } from "@eslint-community/regexpp";

const parser = new RegExpParser();

/**
 * Whether a pattern repeats a group without limit although one turn of it can be split in more than one way: everything in
 * a turn is itself repeated or optional, as in `(a+)+`, or two of its alternatives are the same, as in `(a|a)*`. An engine
 * that backtracks takes exponential time for such a pattern.
 *
 * @param pattern in RE2's syntax, which RE2 has accepted.
 * @throws SyntaxError for a pattern that JavaScript can't have in any spelling.
 */
export function repeatsAmbiguously(pattern: string): boolean {
  let found = false;
  visitRegExpAST(parser.parsePattern(toEcmaScript(pattern)), {
    onQuantifierEnter({ element, max }) {
      if (max === Number.POSITIVE_INFINITY && isGroup(element)) found ||= isAmbiguous(element.alternatives);
    },
  });
  return found;
}

function isAmbiguous(alternatives: readonly AST.Alternative[]): boolean {
  const texts = alternatives.map(({ raw }) => raw);
  return new Set(texts).size < texts.length || alternatives.some((one) => repeats(one) && !one.elements.some(isFixed));
}

function repeats(alternative: AST.Alternative): boolean {
  let found = false;
  visitRegExpAST(alternative, {
    onQuantifierEnter({ max }) {
      found ||= max === Number.POSITIVE_INFINITY;
    },
  });
  return found;
}

/** Whether it takes up text a limited number of times in each turn, and so tells one turn from the next. */
function isFixed(element: AST.Element): boolean {
  if (element.type === "Quantifier") {
    return element.min > 0 && element.max < Number.POSITIVE_INFINITY && isFixed(element.element);
  }
  if (isGroup(element)) return element.alternatives.every(({ elements }) => elements.some(isFixed));
  return element.type !== "Assertion";
}

function isGroup(element: AST.Element): element is AST.Group | AST.CapturingGroup {
  return element.type === "Group" || element.type === "CapturingGroup";
}

const REPEATED_POSITION = /(?:\^|\$|\\[AzbB])(?:\(\?[a-zA-Z-]+\))*(?:[*+?]|\{\d+(?:,\d*)?\})\??/;
const QUOTED = /\\Q.*?(?:\\E|$)/;
const ESCAPE = /\\[pP]\{[^}]*\}|\\[pP].|\\x\{[^}]*\}|\\./;
const CLASS = /\[\^?\]?(?:\[:\^?\w+:\]|\\[pP]\{[^}]*\}|\\.|[^\]\\])*\]/;
const GROUP = /\(\?(?:P?<\w+>|[a-zA-Z-]*[:)])/;
const TOKEN = new RegExp(
  [REPEATED_POSITION, QUOTED, ESCAPE, CLASS, GROUP].map(({ source }) => source).join("|"),
  "gsu",
);

/**
 * The pattern with the same groups and repetitions, in syntax that JavaScript shares: one letter stands for each
 * escape or class.
 */
function toEcmaScript(pattern: string): string {
  const letters = new Map<string, string>();
  const letterFor = (atom: string) => {
    const letter = letters.get(atom) ?? String.fromCharCode(0xe000 + letters.size);
    letters.set(atom, letter);
    return letter;
  };
  return pattern.replace(TOKEN, (token) => {
    if (token.startsWith("(?")) return token.endsWith(")") ? "" : "(?:";
    if (token.startsWith("\\Q")) return Array.from(token.slice(2).replace(/\\E$/, ""), letterFor).join("");
    if (/^(?:\^|\$|\\[AzbB].)/.test(token)) return "";
    if (/^\\[AzbB]/.test(token)) return "\\b";
    return letterFor(token);
  });
}
