import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { gunzipSmall, SMALL, SMALL_PLAIN } from "./small-gzip.ts";

const LIMIT = 1024 * 1024;
const twice = (size: number) => Buffer.concat([gzipSync("x".repeat(size)), gzipSync("x".repeat(size))]);

/** @returns also of which sizes it was asked for a seat. */
async function gunzip(gzip: Buffer, limit = LIMIT) {
  const seats: string[] = [];
  const plain = await gunzipSmall(gzip, { limit, read: async (size) => void seats.push(size) });
  return { plain, seats };
}

test.each<[what: string, gzip: Buffer, plain: string | undefined, seats: string[]]>([
  ["a small body", gzipSync('{"events":[]}'), '{"events":[]}', []],
  ["an empty one", gzipSync(""), "", []],
  ["one in two members", Buffer.concat([gzipSync("[1,"), gzipSync("2]")]), "[1,2]", []],
  ["one that needs no seat yet", gzipSync("x".repeat(SMALL)), "x".repeat(SMALL), []],
  ["one that needs a seat", gzipSync("x".repeat(SMALL + 1)), "x".repeat(SMALL + 1), ["medium"]],
  ["one that needs a seat and does not say so", twice(SMALL), undefined, []],
  ["one that is just small", gzipSync("x".repeat(SMALL_PLAIN)), "x".repeat(SMALL_PLAIN), ["medium"]],
  ["one that is a byte too large", gzipSync("x".repeat(SMALL_PLAIN + 1)), undefined, []],
  ["one that is too large and does not say so", twice(SMALL_PLAIN), undefined, ["medium"]],
])("%s", async (_, gzip, plain, seats) => {
  const found = await gunzip(gzip);
  expect({ ...found, plain: found.plain?.toString() }).toEqual({ plain, seats });
});

test("what is decompressed has memory of its own", async () => {
  expect((await gunzip(gzipSync("{}"))).plain?.buffer.byteLength).toBe(2);
});

test("one above the limit is not decompressed", async () => {
  const nothing = { plain: undefined, seats: [] };
  expect(await gunzip(gzipSync("x".repeat(11)), 10)).toEqual(nothing);
  expect(await gunzip(Buffer.concat([gzipSync("x".repeat(11)), gzipSync("")]), 10)).toEqual(nothing);
});

test.each<[what: string, gzip: Buffer]>([
  ["no gzip", Buffer.from("{}")],
  ["one that breaks off", gzipSync("whole").subarray(0, -1)],
  [
    "one whose checksum is another",
    Buffer.from(gzipSync("whole").map((byte, index, all) => (index === all.length - 8 ? byte ^ 1 : byte))),
  ],
])("%s is refused", async (_, gzip) => {
  await expect(gunzip(gzip)).rejects.toMatchObject({ id: "invalid_gzip" });
});
