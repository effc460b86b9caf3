import fc from "fast-check";
import { expect, test } from "vitest";
import { matchesGlob, parseGlob } from "./glob.ts";

const matches = (glob: string, text: string) => {
  const parsed = parseGlob(glob);
  return parsed && matchesGlob(parsed, text);
};

test.each<[glob: string, text: string, matches: boolean | undefined]>([
  ["web", "web", true],
  ["web", "web2", false],
  ["web", "Web", false],
  ["*", "", true],
  ["*", "anything", true],
  ["web-*", "web-", true],
  ["web-*", "web-shop", true],
  ["web-*", "my-web-shop", false],
  ["*-prod", "eu-prod", true],
  ["*-prod", "eu-prod-2", false],
  ["a*b*c", "a-b-b-c", true],
  ["a*b*c", "a-c-b", false],
  ["a*a", "a", false],
  ["a*a", "aa", true],
  ["*ab*ab", "ab", false],
  ["a?*?b", "axb", false],
  ["*?*?*", "x", false],
  ["**", "x", true],
  ["?", "😀", true],
  ["?", "", false],
  ["dev?", "dev", false],
  [String.raw`\*`, "*", true],
  [String.raw`\*`, "x", false],
  [String.raw`a\\b`, String.raw`a\b`, true],
  ["[ab]", "a", false],
  ["[ab]", "[ab]", true],
  ["a.c", "abc", false],
  ["web\\", "web\\", undefined],
])("%s on %s", (glob, text, wanted) => {
  expect(matches(glob, text)).toBe(wanted);
});

const pieces = fc.array(fc.constantFrom("a", "b", "*", "?", "\\*", "\\?"), { maxLength: 8 }).map((all) => all.join(""));
const text = fc.array(fc.constantFrom("a", "b", "*", "?"), { maxLength: 8 }).map((all) => all.join(""));

test("it agrees with the same glob as a regular expression", () => {
  const special: Record<string, string> = { "*": ".*", "?": ".", a: "a", b: "b" };
  const toRegExp = (glob: string) => new RegExp(`^${glob.replace(/\\?./g, (part) => special[part] ?? part)}$`);
  fc.assert(
    fc.property(pieces, text, (glob, name) => {
      expect(matches(glob, name)).toBe(toRegExp(glob).test(name));
    }),
  );
});

test("no pattern takes more steps than its length times the text's", () => {
  const glob = `${"*a".repeat(99)}*b`;
  expect(matches(glob, "a".repeat(100_000))).toBe(false);
});
