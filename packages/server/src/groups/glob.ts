/** A parsed glob: what is between its runs, of which each stands for any number of characters. There is at least one part. */
export type Glob = readonly Part[];

/** Code points. `ANY` stands for any one of them. */
type Part = readonly number[];

const ANY = -1;

/**
 * Parses a glob as the contract describes it.
 *
 * @returns undefined when it ends in a backslash that escapes nothing.
 */
export function parseGlob(text: string): Glob | undefined {
  let part: number[] = [];
  const parts = [part];
  const characters = [...text];
  for (let at = 0; at < characters.length; at += 1) {
    const character = characters[at];
    if (character === "*") {
      part = [];
      parts.push(part);
    } else if (character === "?") part.push(ANY);
    else {
      if (character === "\\") at += 1;
      const meant = characters[at];
      if (meant === undefined) return undefined;
      part.push(codeOf(meant));
    }
  }
  return parts;
}

/**
 * Whether the glob matches all of `text`. Each part but the last takes its first place, so no pattern takes more steps than the
 * product of the two lengths. Steps compare numbers, because one request may match a hundred patterns with each of many stacks.
 */
export function matchesGlob(glob: Glob, text: string): boolean {
  const codes = Array.from(text, codeOf);
  const [first = [], ...others] = glob;
  const last = others.pop();
  if (!isAt(first, codes, 0)) return false;
  if (!last) return first.length === codes.length;
  const end = codes.length - last.length;
  let from = first.length;
  for (const part of others) {
    while (from + part.length <= end && !isAt(part, codes, from)) from += 1;
    from += part.length;
  }
  return from <= end && isAt(last, codes, end);
}

function isAt(part: Part, codes: readonly number[], start: number): boolean {
  if (start + part.length > codes.length) return false;
  for (let at = 0; at < part.length; at += 1) {
    if (part[at] !== codes[start + at] && part[at] !== ANY) return false;
  }
  return true;
}

function codeOf(character: string): number {
  return character.codePointAt(0) ?? 0;
}

/** A glob that matches this text and no other. */
export function globOf(text: string): string {
  return text.replace(/[\\*?]/g, "\\$&");
}

/** The only text that the glob matches, or undefined when it may match several. */
export function literalOf(glob: Glob): string | undefined {
  const [only = []] = glob;
  return glob.length > 1 || only.includes(ANY) ? undefined : String.fromCodePoint(...only);
}

/** Whether the glob matches every text. */
export function matchesAll(glob: Glob): boolean {
  return glob.length > 1 && glob.every((part) => part.length === 0);
}
