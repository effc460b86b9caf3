import fc from "fast-check";
import { expect, test } from "vitest";
import { parsePlace, writePlace } from "./read.ts";

test("a place in the list comes back from its token", () => {
  fc.assert(
    fc.property(fc.tuple(fc.string(), fc.string(), fc.string()), (place) => {
      expect(parsePlace(writePlace(place))).toEqual(place);
    }),
  );
});

test.each(["", "x", "W10", "eyJhIjoxfQ", Buffer.from('["a","b",3]').toString("base64url")])(
  "a token that was not given out is refused: %s",
  (token) => {
    expect(() => parsePlace(token)).toThrow(expect.objectContaining({ id: "invalid_input" }));
  },
);
