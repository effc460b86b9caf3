import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { archives } from "../../../../tools/archives/table.ts";
import { checkArchive } from "./archive.ts";

test.each(archives)("$title", async ({ bytes, refused }) => {
  const checked = checkArchive(Readable.from(bytes.length > 0 ? [bytes] : []), { bytes: 1_000_000, entries: 500 });
  if (refused === undefined) await expect(checked).resolves.toMatchObject({ size: bytes.length });
  else await expect(checked).rejects.toMatchObject({ status: 400, message: expect.stringContaining(refused) });
});
