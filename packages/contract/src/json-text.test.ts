import { expect, test } from "vitest";
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
