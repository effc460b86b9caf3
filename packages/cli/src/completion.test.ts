import { expect, test } from "vitest";
import { wordsAfter } from "./completion.ts";
import { programFor } from "./program.ts";

test.each([
  ["commands", ["co"], ["compliance", "completion"]],
  ["commands below one", ["policy", "exception", "request", "ap"], ["approve", "apply"]],
  ["commands below an alias", ["policy", "exception", "create", "--dr"], ["--dry-run", "--draft"]],
  ["options", ["token", "new", "--ro"], ["--role"]],
  ["options after an argument", ["token", "new", "deploy", "--ro"], ["--role"]],
  ["the values of an option", ["token", "new", "--role", "m"], ["member"]],
  ["the values of an option after =, as bash splits it", ["token", "new", "--role", "=", "adm"], ["admin"]],
  ["all values right after =", ["receipt", "rule", "--output", "="], ["default", "json"]],
  ["nothing where an option takes any value", ["user", "add", "--org", ""], []],
  ["commands after an option with its value", ["--help", "or"], ["org"]],
  ["the values of an argument", ["completion", ""], ["bash", "zsh", "fish", "--help"]],
  ["nothing of the first argument after it", ["receipt", "rule", "on", "o"], []],
  ["no command where an argument is", ["group", "why", "web/prod", "w"], []],
])("offers %s", async (_, typed, words) => {
  expect((await wordsAfter(typed, programFor)).map(({ word }) => word)).toEqual(words);
});

test("says what each is", async () => {
  expect(await wordsAfter(["group", "stack", "a"], programFor)).toEqual([
    { word: "add", about: "add a stack to a policy group" },
  ]);
});
