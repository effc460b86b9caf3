import fc from "fast-check";
import { expect, test } from "vitest";
import { replaceStrings, stringsAt } from "./strings.ts";

const upper = (json: string) => replaceStrings(Buffer.from(json), (text) => text.toUpperCase()).toString();

test.each([
  ['{"a":"b"}', '{"a":"B"}'],
  ['{"a" : ["b",{"c":"d"}] , "e":12345678901234567890.10}', '{"a" : ["B",{"c":"D"}] , "e":12345678901234567890.10}'],
  [String.raw`["\\","\"x\"",":"]`, String.raw`["\\","\"X\"",":"]`],
  ['"a"', '"A"'],
  ["[1e400]", "[1e400]"],
])("the strings of %s that are values are replaced", (json, wanted) => {
  expect(upper(json)).toBe(wanted);
});

test("bytes without a string that changes are the same ones", () => {
  const json = Buffer.from('{"a":"B"}');
  expect(replaceStrings(json, (text) => text)).toBe(json);
});

test("any JSON has the strings that its decoded value would have", () => {
  const replaced = (value: unknown): unknown => {
    if (typeof value === "string") return `${value}!`;
    if (Array.isArray(value)) return value.map(replaced);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inside]) => [key, replaced(inside)]));
  };
  fc.assert(
    fc.property(fc.json({ stringUnit: "grapheme" }), (json) => {
      const result = replaceStrings(Buffer.from(json), (text) => `${text}!`).toString();
      expect(JSON.parse(result)).toEqual(replaced(JSON.parse(json)));
    }),
  );
});

test.each([
  ['{"a":"1","b":{"a" : "2"},"c":["a","3"]}', ["1", "2"]],
  [String.raw`{"a":"\"","b":"\"a\":\"4\""}`, ['"']],
  ['{"a":1,"a":{"a":null}}', []],
])("the strings at a in %s are %j", (json, wanted) => {
  expect([...stringsAt(Buffer.from(json), "a")]).toEqual(wanted);
});
