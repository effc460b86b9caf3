import { expect, test } from "vitest";
import { programFor } from "../program.ts";

test.each<[what: string, options: string[], says: string]>([
  ["a bundle without a key", ["--bundle", "f"], "--bundle needs --key FILE"],
  ["a bundle of no organization", ["--bundle", "f", "--key", "k"], "--bundle needs --org ORG"],
  ["a key without a bundle", ["--key", "k"], "--key is only for --bundle."],
  ["a bundle and a reason", ["--bundle", "f", "--key", "k", "--break-glass", "Fire."], "not both"],
  ["an empty reason", ["--break-glass", ""], "--break-glass needs a reason"],
  ["a reason of spaces", ["--break-glass", "  "], "--break-glass needs a reason"],
  ["a reason that is too long", ["--break-glass", "x".repeat(1001)], "more than 1000 characters"],
])("%s is refused before anything is run", async (_, options, says) => {
  const program = await programFor(["run"]);
  const line = ["run", ...options, "--", "/no/such/pulumi", "stack", "ls"];
  await expect(program.parseAsync(line, { from: "user" })).rejects.toThrow(says);
});

test.each<[what: string, args: string[], says: string]>([
  ["an end that is none", ["--expires", "soon"], '--expires can\'t be "soon"'],
  [
    "an end that is too far",
    ["--expires", "31d"],
    '--expires can\'t be "31d": the file can be used for 30 days at most.',
  ],
])("an export with %s is refused", async (_, args, says) => {
  const program = await programFor(["run"]);
  await expect(program.parseAsync(["run", "export", ...args], { from: "user" })).rejects.toThrow(says);
});
