import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe } from "vitest";
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
});
