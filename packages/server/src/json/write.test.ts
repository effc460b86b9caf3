import fc from "fast-check";
import { expect, test } from "vitest";
import { verbatim, writeJson } from "./write.ts";

test("verbatim text is written unchanged at any place", () => {
  const text = '{ "n": 12345678901234567890.10 , "n":1e400}';
  expect(writeJson({ a: [verbatim(text)], b: undefined, c: "é" })).toBe(`{"a":[${text}],"c":"é"}`);
});

test("verbatim text is never decoded by accident", () => {
  expect(() => JSON.stringify({ a: verbatim("{}") })).toThrow("writeJson");
});

test("everything else is written as JSON.stringify writes it", () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: "binary" }), (value) => {
      expect(writeJson(value)).toBe(JSON.stringify(value));
    }),
  );
});
