import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FolderCopy } from "./copy-folder.ts";

let from: string;
let to: string;
beforeEach(async () => {
  from = await mkdtemp(join(tmpdir(), "quillon-copy-"));
  to = `${from}.copy`;
});
afterEach(async () => {
  await rm(from, { recursive: true, force: true });
  await rm(to, { recursive: true, force: true });
});

const LONG_AGO = 1_000_000_000;
const write = async (name: string, text: string, time = LONG_AGO) => {
  await writeFile(join(from, name), text);
  await utimes(join(from, name), time, time);
};
const copyOf = (name: string) => readFile(join(to, name), "utf8");

test("each round copies what was changed since the one before, and removes what is gone", async () => {
  await mkdir(join(from, "base"));
  for (const name of ["base/stays", "base/changes", "base/goes", "base/grows"]) await write(name, "old");
  const copy = new FolderCopy(from, to);
  expect(await copy.round()).toBe(4);
  expect(await copy.round()).toBe(0);

  await write("base/changes", "new", LONG_AGO + 1);
  await write("base/grows", "longer");
  await rm(join(from, "base/goes"));
  await mkdir(join(from, "other"));
  await write("other/comes", "new");
  expect(await copy.round()).toBe(3);
  expect((await readdir(join(to, "base"))).sort()).toEqual(["changes", "grows", "stays"]);
  expect(await Promise.all(["base/changes", "base/grows", "base/stays", "other/comes"].map(copyOf))).toEqual([
    "new",
    "longer",
    "old",
    "new",
  ]);
});

test("a file that was changed just before it was copied is copied again, because another change may have the same time", async () => {
  const now = Date.now() / 1000;
  await write("hot", "old", now);
  const copy = new FolderCopy(from, to);
  expect(await copy.round()).toBe(1);
  await write("hot", "new", now);
  expect(await copy.round()).toBe(1);
  expect(await copyOf("hot")).toBe("new");
});

test("a round ends when it takes too long", async () => {
  await write("one", "old");
  await expect(new FolderCopy(from, to).round(AbortSignal.abort(new Error("too long")))).rejects.toThrow("too long");
});
