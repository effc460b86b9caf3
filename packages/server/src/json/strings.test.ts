import { Readable } from "node:stream";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { replaceStrings, stringsAt, stringsInPieces } from "./strings.ts";

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

describe("a JSON text in pieces has the same strings", () => {
  async function inPieces(text: string, size: number, least: number): Promise<string[]> {
    const bytes = Buffer.from(text);
    const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
      bytes.subarray(index * size, (index + 1) * size),
    );
    const found: string[] = [];
    for await (const strings of stringsInPieces(Readable.from(pieces), "key", least)) found.push(...strings);
    return found;
  }

  const text = String.raw`[{"key" : "a\\"},{"key":"\"b\":\""},"key",["key",{"é":"key","key":{"key" :"c"}}], {"key":1,"key":""}]`;
  test.each([1, 2, 3, 5, 7, 11, 20, 50])("when each has %i bytes", async (size) => {
    const wanted = [...stringsAt(Buffer.from(text), "key")];
    expect(wanted).toEqual(["a\\", '"b":"', "c", ""]);
    for (let start = 0; start < size; start++)
      expect(await inPieces(" ".repeat(start) + text, size, 1)).toEqual(wanted);
  });

  test("also one that is longer than many pieces", async () => {
    const long = "x".repeat(100_000);
    expect(await inPieces(`{"key":"a","b":{"key":"${long}"},"key":"c"}`, 100, 1_000)).toEqual(["a", long, "c"]);
  });
});
