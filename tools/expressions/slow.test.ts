import { expect, test } from "vitest";
import { slowExpressions } from "./slow.ts";

test.each([
  ["one repetition that ends the text", "/^ +/", false],
  ["a repetition that begins anywhere and must be followed by something", "/\\s*;/", true],
  ["the same behind what can't be repeated", "/(?<!\\s)\\s*;/", false],
  ["two repetitions that share a character", "/^a*[ab]*c$/", true],
  ["two repetitions that share none", "/^a*b*c$/", false],
  ["a repetition of a repetition", "/^(a+)+$/", true],
])("%s", (_, expression, slow) => {
  expect(slowExpressions("a.ts", `\nconst e = ${expression};\n`)).toEqual(slow ? [{ line: 2, text: expression }] : []);
});
