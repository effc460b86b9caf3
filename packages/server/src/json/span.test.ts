import fc from "fast-check";
import { expect, test } from "vitest";
import { elementsOf, membersOf } from "./span.ts";

const text = (bytes: Buffer | undefined) => bytes?.toString("utf8");

test.each<[name: string, json: string, key: string, value: string | undefined]>([
  ["a number too large for a double", '{"a":12345678901234567890.10}', "a", "12345678901234567890.10"],
  ["white space around everything", ' {\n"a" : [ 1 , 2 ]\t,"b":{ } } ', "a", "[ 1 , 2 ]"],
  ["a scalar before white space", '{"a":true }', "a", "true"],
  ["braces in a string", '{"x":"}]{[","a":"{"}', "a", '"{"'],
  ["an escaped quote", String.raw`{"x":"\"","a":1}`, "a", "1"],
  ["a string that ends with a backslash", String.raw`{"x":"\\","a":1}`, "a", "1"],
  ["a backslash before an escaped quote", String.raw`{"x":"\\\"","a":1}`, "a", "1"],
  ["an escaped key", String.raw`{"\u0061":1}`, "a", "1"],
  ["characters of several bytes", '{"é":"日本","a":"😀"}', "a", '"😀"'],
  ["a repeated key: the last counts", '{"a":1,"a":2}', "a", "2"],
  ["a nested key: not a member", '{"x":{"a":1}}', "a", undefined],
  ["an empty key", '{"":1}', "", "1"],
  ["a key that objects inherit", '{"__proto__":1}', "__proto__", "1"],
  ["no members", "{}", "a", undefined],
  ["a value that is not an object", "null", "a", undefined],
  ["an array has no members", '["a"]', "a", undefined],
])("a member's bytes: %s", (_, json, key, value) => {
  expect(text(membersOf(Buffer.from(json)).get(key))).toBe(value);
});

test.each<[json: string, elements: string[]]>([
  ["[]", []],
  ["[ ]", []],
  ["[1]", ["1"]],
  [' [ 1 , "a,b" ,[2,[3]],{"c":[]} ] ', ["1", '"a,b"', "[2,[3]]", '{"c":[]}']],
  ['"not an array"', []],
])("elements of %s", (json, elements) => {
  expect(elementsOf(Buffer.from(json)).map(text)).toEqual(elements);
});

const space = fc.constantFrom("", "", "", " ", "\n", "\t \r\n");

/** JSON text of a value with white space wherever JSON allows it. */
function spaced(value: unknown, pad: () => string): string {
  if (Array.isArray(value)) return `[${pad()}${value.map((item) => `${spaced(item, pad)}${pad()}`).join(`,${pad()}`)}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const member = ([key, item]: [string, unknown]) =>
    `${JSON.stringify(key)}${pad()}:${pad()}${spaced(item, pad)}${pad()}`;
  return `{${pad()}${Object.entries(value).map(member).join(`,${pad()}`)}}`;
}

const spacedJson = (value: fc.Arbitrary<unknown>) =>
  fc.tuple(value, fc.infiniteStream(space)).map(([given, pads]) => {
    const pad = () => pads.next().value;
    return { given, json: Buffer.from(pad() + spaced(given, pad) + pad()) };
  });

test("members decode to what JSON.parse finds", () => {
  const object = fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue({ stringUnit: "binary" }));
  fc.assert(
    fc.property(spacedJson(object), ({ json }) => {
      const wanted = new Map(Object.entries(JSON.parse(json.toString("utf8"))));
      const found = new Map([...membersOf(json)].map(([key, bytes]) => [key, JSON.parse(bytes.toString("utf8"))]));
      expect(found).toEqual(wanted);
    }),
  );
});

test("elements decode to what JSON.parse finds", () => {
  fc.assert(
    fc.property(spacedJson(fc.array(fc.jsonValue({ stringUnit: "binary" }))), ({ json }) => {
      const found = elementsOf(json).map((bytes) => JSON.parse(bytes.toString("utf8")));
      expect(found).toEqual(JSON.parse(json.toString("utf8")));
    }),
  );
});
