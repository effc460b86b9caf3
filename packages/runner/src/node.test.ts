import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { nodeCommand } from "./node.ts";

test.each<[string, string[], string]>([
  ["nothing is installed", [], "Run `npm install` there"],
  ["yarn keeps packages elsewhere", [".pnp.cjs"], "Write `nodeLinker: node-modules` into .yarnrc.yml"],
  ["yarn does so in its workspace", ["../.pnp.cjs"], "Write `nodeLinker: node-modules` into .yarnrc.yml"],
])("says what to do when %s", (_, files, wanted) => {
  const folder = mkdtempSync(join(tmpdir(), "quillon-runner-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const directory = join(folder, "pack");
  mkdirSync(directory);
  for (const file of files) writeFileSync(join(directory, file), "");
  expect(() => nodeCommand(directory)).toThrow(wanted);
});
