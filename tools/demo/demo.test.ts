import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { repositoryDir } from "../repository.ts";
import { findOnPath } from "../toolchain/find.ts";

let place: string;

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), "quillon-demo-test-"));
});

afterEach(() => rmSync(place, { recursive: true }));

/** A copy of the tools where nothing is built, on a PATH with nothing but `programs`. */
function runDemo(args: string[], ...programs: string[]) {
  cpSync(join(repositoryDir, "tools"), join(place, "tools"), { recursive: true });
  symlinkSync(join(repositoryDir, "node_modules"), join(place, "node_modules"));
  for (const name of programs) symlinkSync(findOnPath(name) ?? "", join(place, name));
  const env = { PATH: place, TMPDIR: place };
  const run = join(place, "tools", "run.mjs");
  return spawnSync(process.execPath, [run, "tools/demo.ts", ...args], { env, encoding: "utf8" });
}

test("without a Pulumi CLI and without Go the demo goes on, and says that it shows something else", () => {
  const { status, stdout, stderr } = runDemo(["--once"], "sh");
  expect(stdout).toContain("There is no Pulumi CLI here, and no Go to build one");
  // There is no npm here, either.
  expect(status).toBe(1);
  expect(stderr).toMatch(/npm run build ended with exit code 127/);
});

test("a demo that fails leaves nothing behind", () => {
  runDemo(["--once"], "sh");
  expect(readdirSync(place)).toEqual(["node_modules", "sh", "tools"]);
});

test.each([
  [["--help"], 0, "npm run demo: shows how"],
  [["--onec"], 1, "npm run demo does not know --onec"],
])("asked for %j it says what it takes, and does nothing", (args, code, said) => {
  const { status, stdout, stderr } = runDemo(args, "sh");
  expect(status).toBe(code);
  expect(stdout + stderr).toContain(said);
  expect(stdout + stderr).toContain("npm run demo -- --once");
  expect(stdout).not.toContain("Setting up");
});
