import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { commitOf } from "./repository.ts";

const folder = mkdtempSync(join(tmpdir(), "quillon-commit-"));
afterAll(() => rmSync(folder, { recursive: true }));

const git = (...args: string[]) =>
  spawnSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...args], { cwd: folder, encoding: "utf8" });

test("a commit is named, also when its files were changed since, and only of the folder itself", () => {
  expect(commitOf(folder)).toBe("");
  git("init", "--quiet");
  writeFileSync(join(folder, "a"), "1");
  git("add", "a");
  git("commit", "--quiet", "--message", "one");
  const commit = git("rev-parse", "--short=12", "HEAD").stdout.trim();
  expect(commitOf(folder)).toBe(commit);
  writeFileSync(join(folder, "a"), "2");
  expect(commitOf(folder)).toBe(`${commit}-dirty`);
  mkdirSync(join(folder, "unpacked"));
  expect(commitOf(join(folder, "unpacked"))).toBe("");
});
