import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { shellWord } from "./shell-word.ts";

test.each([
  ["/home/ann/packs", "/home/ann/packs"],
  ["--policy-pack=a,b", "--policy-pack=a,b"],
  ["made one", "'made one'"],
  ["", "''"],
  ["it's $HOME", String.raw`'it'\''s $HOME'`],
])("a shell reads what is shown of the word %j as that word", (word, shown) => {
  expect(shellWord(word)).toBe(shown);
  expect(execFileSync("sh", ["-c", `printf %s ${shown}`], { encoding: "utf8" })).toBe(word);
});
