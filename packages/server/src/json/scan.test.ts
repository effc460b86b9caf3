import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { JsonError, type Span, scanJson, type Wanted } from "./scan.ts";

const accepts = (text: string | Buffer) => {
  try {
    scanJson(Buffer.from(text as string));
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(JsonError);
    return false;
  }
};

const parses = (text: string) => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

test("accepts every text that JSON.parse accepts", () => {
  fc.assert(
    fc.property(fc.json({ stringUnit: "grapheme" }), fc.constantFrom(undefined, 2, "\t"), (json, space) => {
      const text = JSON.stringify(JSON.parse(json), null, space);
      expect(accepts(` ${text}\n`)).toBe(true);
    }),
  );
});

test("agrees with JSON.parse about texts of JSON's own characters", () => {
  const text = fc.array(
    fc.constantFrom(
      ...'[]{}:,"\\-+.eE019 \ntu',
      "true",
      "false",
      "null",
      '"a"',
      '"a":',
      "\\u00e9",
      "\\x",
      "\u0001",
      "é",
    ),
  );
  fc.assert(
    fc.property(text, (pieces) => {
      expect(accepts(pieces.join(""))).toBe(parses(pieces.join("")));
    }),
    { numRuns: 5_000 },
  );
});

test.each<[what: string, text: string | Buffer]>([
  ["nothing", ""],
  ["two values", "1 2"],
  ["a comma at the end", "[1,]"],
  ["a text that ends early", '{"a":'],
  ["the wrong closing bracket", '{"a":[1}]'],
  ["a number with a zero before it", "01"],
  ["a control character in a text", '"\u0000"'],
  ["bytes that are not UTF-8", Buffer.from([0x22, 0xff, 0x22])],
  ["arrays that are nested 10,001 deep", "[".repeat(10_001) + "]".repeat(10_001)],
])("refuses %s", (_, text) => {
  expect(accepts(text)).toBe(false);
});

test("accepts arrays that are nested 10,000 deep", () => {
  expect(accepts("[".repeat(10_000) + "]".repeat(10_000))).toBe(true);
});

describe("the wanted values", () => {
  const found = (text: string, wanted: Wanted) => {
    const json = Buffer.from(text);
    const read = ({ start, end, count, members, elements }: Span): unknown => ({
      text: json.toString("utf8", start, end),
      count,
      ...(members.size > 0 && { members: Object.fromEntries([...members].map(([key, span]) => [key, read(span)])) }),
      ...(elements.length > 0 && { elements: elements.map(read) }),
    });
    return read(scanJson(json, wanted));
  };

  test.each<[what: string, text: string, wanted: Wanted, spans: object]>([
    ["only the value itself", " [1, [2]] ", {}, { text: "[1, [2]]", count: 2 }],
    [
      "a member, however deep others are",
      '{"a":{"b":[[]]}, "c" : 1.50 }',
      { members: { c: {} } },
      { text: '{"a":{"b":[[]]}, "c" : 1.50 }', count: 2, members: { c: { text: "1.50", count: 0 } } },
    ],
    [
      "the last of a repeated key",
      '{"a":1,"\\u0061":2}',
      { members: { a: {} } },
      { text: '{"a":1,"\\u0061":2}', count: 2, members: { a: { text: "2", count: 0 } } },
    ],
    [
      "every element",
      '[{"n":1},null]',
      { each: { members: { n: {} } } },
      {
        text: '[{"n":1},null]',
        count: 2,
        elements: [
          { text: '{"n":1}', count: 1, members: { n: { text: "1", count: 0 } } },
          { text: "null", count: 0 },
        ],
      },
    ],
    [
      "every member",
      '{"x":"y","__proto__":{}}',
      { all: {} },
      {
        text: '{"x":"y","__proto__":{}}',
        count: 2,
        members: { x: { text: '"y"', count: 0 }, ["__proto__"]: { text: "{}", count: 0 } },
      },
    ],
    ["nothing in a value of another kind", "[]", { members: { a: {} } }, { text: "[]", count: 0 }],
    [
      "how many values are in one",
      '{"a":{"x":[1,2],"y":{}}}',
      { members: { a: {} } },
      {
        text: '{"a":{"x":[1,2],"y":{}}}',
        count: 1,
        members: { a: { text: '{"x":[1,2],"y":{}}', count: 2 } },
      },
    ],
  ])("%s", (_, text, wanted, spans) => {
    expect(found(text, wanted)).toEqual(spans);
  });

  test("are refused when there are more than 100,000 of them", () => {
    const json = Buffer.from(`[${"0,".repeat(100_000)}0]`);
    expect(() => scanJson(json, { each: {} })).toThrow(JsonError);
    expect(scanJson(json).count).toBe(100_001);
  });

  test("are refused when there are more than 250,000 of them in all", () => {
    const json = Buffer.from(`[${"[0,0,0,0],".repeat(60_000)}0]`);
    expect(() => scanJson(json, { each: { each: {} } })).toThrow("more than 250000 values");
    expect(scanJson(json, { each: {} }).elements).toHaveLength(60_001);
  });
});
