import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findOnPath, repositoryDir } from "./toolchain-paths.mjs";

let place: string;

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), "quillon-demo-test-"));
});

afterEach(() => rmSync(place, { recursive: true }));

/** A copy of the demo where nothing is installed or built, on a PATH with nothing but `programs`. */
function runDemo(...programs: string[]) {
  const tools = join(place, "tools");
  for (const name of ["demo.mjs", "demo", "toolchain-paths.mjs"]) {
    cpSync(join(repositoryDir, "tools", name), join(tools, name), { recursive: true });
  }
  for (const name of programs) symlinkSync(findOnPath(name) ?? "", join(place, name));
  const env = { PATH: place, TMPDIR: place };
  return spawnSync(process.execPath, [join(tools, "demo.mjs"), "--once"], { env, encoding: "utf8" });
}

test("without a Pulumi CLI and without Go the demo says what to install, before it installs anything", () => {
  const { status, stdout, stderr } = runDemo("sh");
  expect(status).toBe(1);
  expect(stdout).not.toContain("npm");
  expect(stderr).toMatch(/no `pulumi` on the PATH.*install it: https:.*install Go.*QUILLON_PULUMI/s);
});

test("a demo that fails leaves nothing behind", () => {
  runDemo("sh");
  expect(readdirSync(place)).toEqual(["sh", "tools"]);
});
