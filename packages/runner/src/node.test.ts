import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { nodeCommand } from "./node.ts";

test.each<[string, string[], string, string?]>([
  ["nothing is installed", [], "Run `npm install` there, and if that does not help, `npm install @pulumi/pulumi`"],
  [
    "pnpm installs the pack",
    ["pnpm-lock.yaml"],
    "Run `pnpm install` there, and if that does not help, `pnpm add @pulumi/pulumi`",
  ],
  ["yarn installs its workspace", ["../yarn.lock"], "Run `yarn install` there"],
  ["npm does so in a folder of yarn's", ["../yarn.lock", "package-lock.json"], "Run `npm install` there"],
  ["the pack names a program", ["package-lock.json"], "Run `bun install` there", "bun"],
  ["yarn keeps packages elsewhere", [".pnp.cjs"], "Write `nodeLinker: node-modules` into .yarnrc.yml"],
  ["yarn does so in its workspace", ["../.pnp.cjs"], "Write `nodeLinker: node-modules` into .yarnrc.yml"],
])("says what to do when %s", (_, files, wanted, named) => {
  const folder = mkdtempSync(join(tmpdir(), "quillon-runner-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const directory = join(folder, "pack");
  mkdirSync(directory);
  for (const file of files) writeFileSync(join(directory, file), "");
  expect(() => nodeCommand(directory, named)).toThrow(wanted);
});
