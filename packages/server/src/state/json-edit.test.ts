import fc from "fast-check";
import { expect, test } from "vitest";
import { type Edit, each, members, string, whereMember } from "./json-edit.ts";

const louder = string((text) => text.toUpperCase());

test.each<[name: string, edit: Edit, json: string, edited: string]>([
  ["a string", louder, '"a"', '"A"'],
  ["no byte of a string that needs no change", louder, String.raw`"\u0041"`, String.raw`"\u0041"`],
  ["no number", louder, "1", "1"],
  [
    "one member, and no other byte",
    members(new Map([["a", louder]])),
    '{ "a" : "x" ,"b":1.0 }',
    '{ "a" : "X" ,"b":1.0 }',
  ],
  ["each element", each(louder), '["a", 1, "b"]', '["A", 1, "B"]'],
  ["each member", each(louder), '{"x":"a","y":null}', '{"x":"A","y":null}'],
  ["nothing inside null", each(louder), "null", "null"],
  ["where a member has the value", whereMember("k", "v", each(louder)), '{"k":"v"}', '{"k":"V"}'],
  ["not where it has another", whereMember("k", "v", each(louder)), '{"k":"w"}', '{"k":"w"}'],
  ["not where it is missing", whereMember("k", "v", each(louder)), '{"x":"v"}', '{"x":"v"}'],
])("edits %s", (_, edit, json, edited) => {
  expect(Buffer.concat([...edit(Buffer.from(json))]).toString()).toBe(edited);
});

test("an edit that changes nothing keeps every byte", () => {
  const nothing = each(each(string((text) => text)));
  fc.assert(
    fc.property(fc.json({ stringUnit: "binary" }), (json) => {
      expect(Buffer.concat([...nothing(Buffer.from(json))]).equals(Buffer.from(json))).toBe(true);
    }),
  );
});
