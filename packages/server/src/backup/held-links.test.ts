import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { holdLinks } from "./held-links.ts";

let data: string;
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), "quillon-held-"));
  await mkdir(join(data, "blobs", "states"), { recursive: true });
  await writeFile(join(data, "blobs", "states", "one"), "a state");
});
afterEach(() => rm(data, { recursive: true, force: true }));

test("a blob that is removed while it is held can be read, and nothing of it stays", async () => {
  const { blobs, missing, release } = await holdLinks(data, ["states/one", "states/two"]);
  expect(missing).toEqual(["states/two"]);
  await rm(join(data, "blobs", "states", "one"));
  const blob = await blobs.get("states/one");
  expect(blob && (await text(blob.bytes))).toBe("a state");
  await release();
  expect(await readdir(data)).toEqual(["blobs"]);
});

test("what a killed backup has held is released after a day, and what another one holds is not", async () => {
  const [old, recent] = [`backup-${randomUUID()}.tmp`, `backup-${randomUUID()}.tmp`];
  const others = ["backup-of-mine.tmp", "backups"];
  for (const name of [old, recent, ...others]) await mkdir(join(data, name, "states"), { recursive: true });
  const before = Date.now() / 1000 - 25 * 3600;
  for (const name of [old, ...others]) await utimes(join(data, name), before, before);
  await (await holdLinks(data, ["states/one"])).release();
  expect((await readdir(data)).sort()).toEqual([recent, ...others, "blobs"].sort());
});
