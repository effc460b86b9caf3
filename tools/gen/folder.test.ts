import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { compareFolder, writeFolder } from "./folder.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "quillon-gen-test-"));
  mkdirSync(join(dir, "in"));
  for (const name of ["same", "stale", "in/old"]) writeFileSync(join(dir, name), name);
});
afterEach(() => rmSync(dir, { recursive: true }));

const all = { allGenerated: true };
const wanted = new Map([
  ["same", "same"],
  ["stale", "new"],
  ["in/missing", "new"],
]);

test("says what is to be done with each file, and changes nothing by itself", () => {
  for (const _ of [1, 2]) {
    expect([...compareFolder(dir, wanted, all)]).toEqual([
      ["in/missing", "written"],
      ["in/old", "removed"],
      ["same", "unchanged"],
      ["stale", "written"],
    ]);
  }
});

test("keeps other files in a folder where people write too", () => {
  expect(compareFolder(dir, wanted, { allGenerated: false }).has("in/old")).toBe(false);
});

test("what was written is unchanged the next time", () => {
  writeFolder(dir, wanted, compareFolder(dir, wanted, all));
  expect(readFileSync(join(dir, "in/missing"), "utf8")).toBe("new");
  expect([...compareFolder(dir, wanted, all).values()]).toEqual(["unchanged", "unchanged", "unchanged"]);
});

test("a folder that is not there has no files", () => {
  expect([...compareFolder(join(dir, "nowhere"), wanted, all).values()]).toEqual(["written", "written", "written"]);
});
