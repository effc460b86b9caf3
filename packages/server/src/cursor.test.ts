import fc from "fast-check";
import { expect, test } from "vitest";
import { pageOf, readCursor, readTimeCursor, writeCursor } from "./cursor.ts";

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

const ID = "1b4e28ba-2fa1-41d2-883f-0016d3cca427";

test.each([
  [["1700000000000000", ID], true],
  [[ID, "1700000000000000"], false],
  [["1", "2"], false],
  [[ID, ID], false],
  [["1 or 1", ID], false],
])("a token of a list in the order of time: %j is one: %s", (key, isOne) => {
  const read = () => readTimeCursor(writeCursor(key));
  if (isOne) expect(read()).toEqual(key);
  else expect(read).toThrow(expect.objectContaining({ id: "invalid_input" }));
});

test.each([
  [[], 2, [], undefined],
  [["a"], 2, ["a"], undefined],
  [["a", "b"], 2, ["a", "b"], undefined],
  [["a", "b", "c"], 2, ["a", "b"], ["b"]],
])("of the rows %j, of which %i fit, the page is %j and the next one begins after %j", (rows, size, page, key) => {
  expect(pageOf(rows, size, (row) => [row])).toEqual({ page, continuationToken: key && writeCursor(key) });
});
