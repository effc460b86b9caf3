/** A parsed glob: a character matches itself, `one` any one character, `run` any number of characters. */
export type Glob = readonly (string | { any: "one" | "run" })[];

/**
 * Parses a glob as the contract describes it.
 *
 * @returns undefined when it ends in a backslash that escapes nothing.
 */
export function parseGlob(text: string): Glob | undefined {
  const parts: (string | { any: "one" | "run" })[] = [];
  const characters = [...text];
  for (let at = 0; at < characters.length; at += 1) {
    const character = characters[at] ?? "";
    if (character === "\\") {
      at += 1;
      const escaped = characters[at];
      if (escaped === undefined) return undefined;
      parts.push(escaped);
    } else if (character === "?") parts.push({ any: "one" });
    else if (character !== "*") parts.push(character);
    else if (!isRun(parts.at(-1))) parts.push({ any: "run" });
  }
  return parts;
}

/**
 * Whether the glob matches all of `text`. When something does not match, only the last run grows, so no pattern takes more
 * steps than the product of the two lengths.
 */
export function matchesGlob(glob: Glob, text: string): boolean {
  const characters = [...text];
  let part = 0;
  let at = 0;
  let run: { part: number; at: number } | undefined;
  while (at < characters.length) {
    if (isRun(glob[part])) {
      run = { part, at };
      part += 1;
    } else if (fits(glob[part], characters[at])) {
      part += 1;
      at += 1;
    } else if (run) {
      run.at += 1;
      at = run.at;
      part = run.part + 1;
    } else return false;
  }
  while (isRun(glob[part])) part += 1;
  return part === glob.length;
}

function fits(part: Glob[number] | undefined, character: string | undefined): boolean {
  return typeof part === "object" ? part.any === "one" : part !== undefined && part === character;
}

function isRun(part: Glob[number] | undefined): boolean {
  return typeof part === "object" && part.any === "run";
}
