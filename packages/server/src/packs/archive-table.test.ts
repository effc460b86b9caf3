import { Readable } from "node:stream";
import { afterAll, expect, test } from "vitest";
import { archives } from "../../../../tools/archives/table.ts";
import { openWorkers } from "../testing/workers.ts";
import { checkArchive } from "./archive.ts";

const workers = openWorkers();
afterAll(() => workers.close());
const log = { info() {}, warn() {}, error() {} };

test.each(archives)("$title", async ({ bytes, refused }) => {
  const checked = checkArchive({ workers, log }, Readable.from(bytes.length > 0 ? [bytes] : []), {
    bytes: 1_000_000,
    entries: 500,
  });
  if (refused === undefined) await expect(checked).resolves.toMatchObject({ size: bytes.length });
  else await expect(checked).rejects.toMatchObject({ status: 400, message: expect.stringContaining(refused) });
});
