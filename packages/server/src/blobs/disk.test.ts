import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { blobsConform } from "./conformance.ts";
import { diskBlobs } from "./disk.ts";

describe("blobs in a folder", () => {
  const folders: string[] = [];
  afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

  blobsConform(async () => {
    const folder = await mkdtemp(join(tmpdir(), "quillon-blobs-"));
    folders.push(folder);
    return {
      blobs: diskBlobs(folder),
      async list() {
        const entries = await readdir(folder, { recursive: true, withFileTypes: true });
        return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
      },
    };
  }, ["killed.tmp"]);

  test("are not outside of it, whatever their name is", async () => {
    const folder = await mkdtemp(join(tmpdir(), "quillon-blobs-"));
    folders.push(folder);
    await writeFile(join(folder, "master.key"), "secret");
    const blobs = diskBlobs(join(folder, "blobs"));
    await expect(blobs.get("archives/../../master.key")).rejects.toThrow("would be outside of its folder");
    await expect(blobs.remove("archives/../../master.key")).rejects.toThrow("would be outside of its folder");
    expect(await readdir(folder)).toEqual(["master.key"]);
  });
});
