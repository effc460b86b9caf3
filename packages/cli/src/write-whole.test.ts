import { execFileSync } from "node:child_process";
import { lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, expect, test } from "vitest";
import { errorMessage } from "./error-message.ts";
import { writeWhole } from "./write-whole.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "quillon-write-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("a file is written with its mode, and takes the place of an older one", async () => {
  const path = join(folder, "f");
  await writeWhole(path, Readable.from(["old"]));
  await writeWhole(path, Readable.from(["n", "ew"]), 0o600);
  expect(await readFile(path, "utf8")).toBe("new");
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual(["f"]);
});

test("what ends in the middle leaves the older file, and nothing beside it", async () => {
  const path = join(folder, "f");
  await writeWhole(path, Readable.from(["old"]));
  async function* broken() {
    yield "ne";
    throw new Error("the server is gone");
  }
  await expect(writeWhole(path, Readable.from(broken()))).rejects.toThrow(/f can't be written: the server is gone$/);
  expect(await readFile(path, "utf8")).toBe("old");
  expect(await readdir(folder)).toEqual(["f"]);
});

test("a link stays a link, and a pipe is written to", async () => {
  await writeWhole(join(folder, "kept"), Readable.from(["old"]));
  await symlink(join(folder, "kept"), join(folder, "link"));
  await writeWhole(join(folder, "link"), Readable.from(["new"]));
  expect((await lstat(join(folder, "link"))).isSymbolicLink()).toBe(true);
  expect(await readFile(join(folder, "kept"), "utf8")).toBe("new");
  const pipe = join(folder, "pipe");
  execFileSync("mkfifo", [pipe]);
  const [read] = await Promise.all([readFile(pipe, "utf8"), writeWhole(pipe, Readable.from(["said"]))]);
  expect(read).toBe("said");
  expect((await stat(pipe)).isFIFO()).toBe(true);
});

test("what is in the way is named, and no temporary name is", async () => {
  const missing = join(folder, "none", "f");
  const said = `${missing} can't be written: there is no folder ${join(folder, "none")}. Make it first`;
  const refused = await writeWhole(missing, Readable.from(["x"])).catch((error: unknown) => error);
  expect(errorMessage(refused)).toBe(said);
  const taken = join(folder, "taken");
  await mkdir(taken);
  await expect(writeWhole(taken, Readable.from(["x"]))).rejects.toThrow(
    /taken can't be written: it is a folder\. Name a file\.$/,
  );
  const inFile = join(folder, "file", "f");
  await writeWhole(join(folder, "file"), Readable.from(["x"]));
  await expect(writeWhole(inFile, Readable.from(["x"]))).rejects.toThrow(/ open '[^']*file.f'$/);
  expect((await readdir(folder)).sort()).toEqual(["file", "taken"]);
});
