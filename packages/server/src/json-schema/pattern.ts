import { RE2JS } from "re2js";

/** In characters. */
const LONGEST = 500;

/**
 * What is wrong with a stranger's regular expression, in words, or undefined when it may be used.
 *
 * Here every pattern runs on RE2's automaton, in time linear in the text, and so it does in the Pulumi CLI, whose syntax
 * this is. A pack's own SDK may backtrack, though, so what would take exponential time there is refused as well.
 */
export function patternProblem(pattern: string): string | undefined {
  if (pattern.length > LONGEST) return `is longer than ${LONGEST} characters`;
  try {
    RE2JS.compile(pattern);
  } catch (error) {
    return `is no regular expression that Pulumi can run: ${(error as Error).message}`;
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

/** @throws Error when the pattern is none. */
export function compilePattern(pattern: string): Pattern {
  const compiled = RE2JS.compile(pattern);
  const size = compiled.programSize();
  return {
    cost: (text) => (text.length * size) / 100,
    isIn: (text) => compiled.matcher(text).find(),
  };
}

const UNBOUNDED = /^(?:[*+]|\{\d+,\})/;
const QUANTIFIER = /^(?:[*+?]|\{\d+(?:,\d*)?\})[?+]?/;

interface Alternative {
  text: string;
  /** Has an atom that is there just once in each turn, and so tells one turn from the next. */
  anchored: boolean;
  repeats: boolean;
}

interface Group {
  alternatives: Alternative[];
}

/**
 * Whether some group is repeated without bound while each of its turns can be cut up in more than one way: all that is in
 * a turn is itself repeated, as in `(a+)+`, or may be left out, or two of its alternatives are the same, as in `(a|a)*`.
 */
function repeatsAmbiguously(pattern: string): boolean {
  const open: Group[] = [newGroup()];
  let at = 0;
  while (at < pattern.length) {
    const start = at;
    const char = pattern[at] ?? "";
    let closed: Group | undefined;
    if (char === "(") {
      open.push(newGroup());
      at += /^\((?:\?(?:P?<\w+>|[a-zA-Z-]*:))?/.exec(pattern.slice(at))?.[0].length ?? 1;
      continue;
    }
    if (char === "|") {
      open.at(-1)?.alternatives.push(newAlternative());
      at += 1;
      continue;
    }
    if (char === ")" && open.length > 1) closed = open.pop();
    at += closed ? 1 : atomLength(pattern, at);
    const quantifier = QUANTIFIER.exec(pattern.slice(at))?.[0] ?? "";
    at += quantifier.length;
    const unbounded = UNBOUNDED.test(quantifier);
    if (closed && unbounded && isAmbiguous(closed)) return true;
    note(open.at(-1), { text: pattern.slice(start, at), quantifier, unbounded, inner: closed });
  }
  return false;
}

function newGroup(): Group {
  return { alternatives: [newAlternative()] };
}

function newAlternative(): Alternative {
  return { text: "", anchored: false, repeats: false };
}

function note(
  group: Group | undefined,
  atom: { text: string; quantifier: string; unbounded: boolean; inner: Group | undefined },
): void {
  const alternative = group?.alternatives.at(-1);
  if (!alternative) return;
  const { text, quantifier, unbounded, inner } = atom;
  alternative.text += text;
  alternative.repeats ||= unbounded || (inner?.alternatives.some(({ repeats }) => repeats) ?? false);
  const optional = /^(?:[?*]|\{0)/.test(quantifier);
  const fixed = inner ? inner.alternatives.every(({ anchored }) => anchored) : !/^(?:\^|\$|\\[bBAzZ])/.test(text);
  alternative.anchored ||= fixed && !optional && !unbounded;
}

function isAmbiguous({ alternatives }: Group): boolean {
  const texts = alternatives.map(({ text }) => text);
  return new Set(texts).size < texts.length || alternatives.some(({ anchored, repeats }) => repeats && !anchored);
}

/** Of one character, escape or class. */
function atomLength(pattern: string, at: number): number {
  const rest = pattern.slice(at);
  const match = /^(?:\\[pP]\{[^}]*\}|\\x\{[^}]*\}|\\.|\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\]|.)/su.exec(rest);
  return match?.[0].length ?? 1;
}
