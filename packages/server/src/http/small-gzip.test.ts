import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { gunzipSmall, SMALL } from "./small-gzip.ts";

const LIMIT = 1024 * 1024;

test.each<[what: string, gzip: Buffer, plain: string | undefined]>([
  ["a small body", gzipSync('{"events":[]}'), '{"events":[]}'],
  ["an empty one", gzipSync(""), ""],
  ["one in two members", Buffer.concat([gzipSync("[1,"), gzipSync("2]")]), "[1,2]"],
  ["one that is just small", gzipSync("x".repeat(SMALL)), "x".repeat(SMALL)],
  ["one that is a byte too large", gzipSync("x".repeat(SMALL + 1)), undefined],
  ["one that is large before its last member", Buffer.concat([gzipSync("x".repeat(SMALL)), gzipSync("y")]), undefined],
])("%s", (_, gzip, plain) => {
  expect(gunzipSmall(gzip, LIMIT)?.toString()).toBe(plain);
});

test("what is decompressed has memory of its own", () => {
  expect(gunzipSmall(gzipSync("{}"), LIMIT)?.buffer.byteLength).toBe(2);
});

test("one above the limit is not decompressed", () => {
  expect(gunzipSmall(gzipSync("x".repeat(11)), 10)).toBeUndefined();
  expect(gunzipSmall(Buffer.concat([gzipSync("x".repeat(11)), gzipSync("")]), 10)).toBeUndefined();
});

test.each<[what: string, gzip: Buffer]>([
  ["no gzip", Buffer.from("{}")],
  ["one that breaks off", gzipSync("whole").subarray(0, -1)],
  [
    "one whose checksum is another",
    Buffer.from(gzipSync("whole").map((byte, index, all) => (index === all.length - 8 ? byte ^ 1 : byte))),
  ],
])("%s is refused", (_, gzip) => {
  expect(() => gunzipSmall(gzip, LIMIT)).toThrow(expect.objectContaining({ id: "invalid_gzip" }));
});
