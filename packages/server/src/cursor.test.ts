import fc from "fast-check";
import { expect, test } from "vitest";
import { readCursor, writeCursor } from "./cursor.ts";

const text = fc.string({ unit: "binary" }).filter((one) => !one.includes("\0"));

test("a sort key comes back from its token", () => {
  fc.assert(
    fc.property(fc.tuple(text, text, text), (key) => {
      expect(readCursor(writeCursor(key), 3)).toEqual(key);
    }),
  );
});

test.each([undefined, ""])("no token means the start of the list: %s", (token) => {
  expect(readCursor(token, 3)).toBeUndefined();
});

test.each([
  "x",
  "W10",
  "eyJhIjoxfQ",
  writeCursor(["a", "b"]),
  writeCursor(["a", "b", "c\0"]),
  Buffer.from('["a","b",3]').toString("base64url"),
])("a token that was not given out is refused: %s", (token) => {
  expect(() => readCursor(token, 3)).toThrow(expect.objectContaining({ id: "invalid_input" }));
});
