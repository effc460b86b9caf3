import { chown, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { lockFolder } from "./lock.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "quillon-lock-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("a second process is refused, and the error names the first", async () => {
  const first = await lockFolder(folder, () => "process 1, listening on http://127.0.0.1:1");
  await expect(lockFolder(folder, () => "second")).rejects.toThrow(
    "in use by another Quillon server (process 1, listening on http://127.0.0.1:1)",
  );
  await first.release();
  await (await lockFolder(folder, () => "second")).release();
});

test("a socket that a killed process left behind does not lock the folder", async () => {
  const dead = createServer();
  await new Promise<void>((listening) => dead.listen(join(folder, "dead.tmp"), listening));
  await writeFile(join(folder, "dead.lock.sock"), "");
  const lock = await lockFolder(folder, () => "next");
  expect((await readdir(folder)).filter((name) => name.endsWith(".lock.sock"))).toHaveLength(1);
  await lock.release();
  dead.close();
});

test("of many processes that start at once, at most one gets the lock", async () => {
  for (let round = 0; round < 20; round += 1) {
    const starts = await Promise.allSettled(
      Array.from({ length: 5 }, (_, i) => lockFolder(folder, () => `starter ${i}`)),
    );
    const held = starts.flatMap((start) => (start.status === "fulfilled" ? start.value : []));
    expect(held.length).toBeLessThanOrEqual(1);
    await Promise.all(held.map((lock) => lock.release()));
  }
});

test("a path that is too long for a socket is refused with a sentence", async () => {
  await expect(lockFolder(join(folder, "x".repeat(120)), () => "")).rejects.toThrow("too long for a socket");
});

test("an owner that does not answer is named, and is not waited for without end", async () => {
  const silent = createServer((socket) => socket.resume());
  await new Promise<void>((listening) => silent.listen(join(folder, "4711-abc.lock.sock"), listening));
  const refused = lockFolder(folder, () => "second", 50);
  await expect(refused).rejects.toThrow("(process 4711) that does not answer. It may be suspended: continue or end it");
  await new Promise((closed) => silent.close(closed));
});

test("a database of another user is refused, and the folder is not locked then", async () => {
  const database = join(folder, "database");
  if (process.getuid?.() === 0) {
    await mkdir(database);
    await chown(database, 65534, 65534);
  } else await symlink("/", database);
  const other = process.getuid?.() === 0 ? 65534 : 0;
  await expect(lockFolder(folder, () => "")).rejects.toThrow(
    `belongs to the user with the id ${other}, and what this process writes to user ${process.getuid?.()},`,
  );
  expect(await readdir(folder)).toEqual(["database"]);
});

test("a database of the same user is locked", async () => {
  await mkdir(join(folder, "database"));
  await (await lockFolder(folder, () => "")).release();
});
