import { expect, onTestFinished, test, vi } from "vitest";
import { JsonText } from "./json-text.ts";

const text = '{ "n": 9007199254740993, "x": 1.0 }';

test.each<[string, unknown, string]>([
  ["a text", new JsonText(text), text],
  ["a text inside", { a: [{ config: new JsonText(text) }] }, `{"a":[{"config":${text}}]}`],
  ["values of each kind", { a: null, b: [true, 1.5, 'q"'], "c\n": {} }, '{"a":null,"b":[true,1.5,"q\\""],"c\\n":{}}'],
  ["what is undefined", { a: undefined, b: [undefined] }, '{"b":[null]}'],
])("%s is written", (_, value, wanted) => {
  expect(JsonText.stringify(value)).toBe(wanted);
});

test("on several lines it is written as JSON.stringify does", () => {
  const value = { a: [], b: {}, c: [1, { d: "x\ny", e: undefined }], f: null };
  expect(JsonText.stringify(value, "  ")).toBe(JSON.stringify(value, null, 2));
  expect(JsonText.stringify([new JsonText("1.0")], "  ")).toBe("[\n  1.0\n]");
});

test.each([
  "9007199254740993",
  "-9007199254740993",
  "1.0",
  "1e400",
  "-0",
  "0.1234567890123456789",
  '{"a":[1,-1.5,12345678901234567890,"12345678901234567890"]}',
  String.raw`["\"9007199254740993",9007199254740993,"\\",1E+2,true,null]`,
])("%s is written as it was read", (json) => {
  expect(JsonText.stringify(JsonText.parse(json))).toBe(json);
});

test("a browser can read it on a page that came over plain http, which has less of crypto", () => {
  onTestFinished(() => void vi.unstubAllGlobals());
  vi.stubGlobal("crypto", { getRandomValues: crypto.getRandomValues.bind(crypto) });
  expect(JsonText.stringify(JsonText.parse("[1.0]"))).toBe("[1.0]");
});

test("only a number that JavaScript can't hold is read as text", () => {
  const read = JsonText.parse('{"small": 1.5, "large": 9007199254740993, "list": [{"a": "1.0"}]}');
  expect(read).toEqual({ small: 1.5, large: expect.any(JsonText), list: [{ a: "1.0" }] });
  expect(String((read as { large: unknown }).large)).toBe("9007199254740993");
});

test.each(["", "{", '"a', `"${"\\".repeat(100_001)}`, "-", "[1.2.3]", "[01]"])(
  "what is not JSON is refused: %.10s",
  (json) => {
    expect(() => JsonText.parse(json)).toThrow(SyntaxError);
  },
);
