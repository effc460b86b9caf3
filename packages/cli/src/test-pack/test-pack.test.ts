import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { testPack } from "./test-pack.ts";

function packWith(files: Record<string, string>): string {
  const directory = mkdtempSync(join(tmpdir(), "quillon-tests-of-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(directory, path, ".."), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  return directory;
}

const node = { "PulumiPolicy.yaml": "runtime: nodejs\n", "package.json": '{ "scripts": { "test": "exit 1" } }' };
// A program in the place of Python, whose tests fail.
const python = {
  "PulumiPolicy.yaml": "runtime:\n  name: python\n  options:\n    virtualenv: venv\n",
  "requirements.txt": "pulumi-policy\n",
  "venv/bin/python": '#!/bin/sh\n[ "$1" = -c ] && echo && exit\nexit 1\n',
};

test.each<[what: string, files: Record<string, string>, says: RegExp]>([
  ["Node.js that is not installed", node, /ended with exit code 1\.\n.* Run `npm install` there/],
  ["Node.js that is installed", { ...node, "node_modules/a": "" }, /ended with exit code 1\.$/],
  ["Python that is not installed", python, /ended with exit code 1\.\n.*venv\/bin\/python -m pip install -r/],
])("failed tests of a pack for %s say so", async (_, files, says) => {
  const directory = packWith(files);
  if (files === python) chmodSync(join(directory, "venv/bin/python"), 0o755);
  await expect(testPack(directory)).rejects.toThrow(says);
});

test("a package.json that is no JSON is named", async () => {
  const directory = packWith({ "PulumiPolicy.yaml": "runtime: nodejs\n", "package.json": "{" });
  await expect(testPack(directory)).rejects.toThrow(`${join(directory, "package.json")} can't be read: `);
});
