import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { PackFiles } from "./pack-files.ts";
import { requireRoom, writeFiles } from "./write-files.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "quillon-write-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const files: PackFiles = new Map([["a/index.js", { content: Buffer.from("new"), mode: 0o644 }]]);

test("a folder that is not there is made", () => {
  const folder = join(root, "x/y");
  requireRoom(folder, files, false);
  writeFiles(folder, files);
  expect(readFileSync(join(folder, "a/index.js"), "utf8")).toBe("new");
});

test("a new repository is empty", () => {
  mkdirSync(join(root, ".git"));
  expect(() => requireRoom(root, files, false)).not.toThrow();
});

test("a folder with files is refused, unless they may be replaced", () => {
  writeFileSync(join(root, "notes.txt"), "mine");
  expect(() => requireRoom(root, files, false)).toThrow(`${root} has files in it, such as notes.txt.`);
  requireRoom(root, files, true);
  writeFiles(root, files);
  expect(existsSync(join(root, "notes.txt"))).toBe(true);
});

test("a folder is never replaced by a file, and a file by a folder", () => {
  mkdirSync(join(root, "a/index.js"), { recursive: true });
  expect(() => requireRoom(root, files, true)).toThrow("a/index.js is a folder in");
  expect(() => requireRoom(import.meta.filename, files, true)).toThrow("is a file. Name a folder.");
});
