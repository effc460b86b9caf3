import { expect, test } from "vitest";
import { type Changes, changesSince, knownOf } from "./changes.ts";

const state = (...resources: object[]) => Buffer.from(JSON.stringify({ version: 3, deployment: { resources } }));
const rex = { urn: "rex", type: "a:b:C", inputs: { length: 2 } };
const tom = { urn: "tom", type: "a:b:C", inputs: { length: 2 } };
const none = Buffer.alloc(0);
const changedUrns = (before: Buffer, after: Buffer, wanted: Changes = "made-or-changed") =>
  changesSince(knownOf(before, wanted), after);

test.each<[what: string, before: Buffer, after: Buffer, urns: string[]]>([
  ["nothing when nothing changed", state(rex, tom), state(tom, rex), []],
  ["what was made", state(rex), state(rex, tom), ["tom"]],
  ["all when there was no state", none, state(rex, tom), ["rex", "tom"]],
  ["what was changed", state(rex, tom), state(rex, { ...tom, inputs: { length: 3 } }), ["tom"]],
  ["not what was deleted", state(rex, tom), state(rex), []],
  ["not the old half of a replacement", state(rex), state({ ...rex, id: "1", delete: true }, rex), []],
  ["not what is only read", none, state({ ...rex, external: true }), []],
  ["not views", none, state(rex, { ...tom, viewOf: "rex" }), ["rex"]],
  ["providers", none, state({ urn: "p", type: "pulumi:providers:random" }), ["p"]],
  ["nothing in a state without resources", state(rex), Buffer.from('{"version":3,"deployment":{}}'), []],
])("%s", (_, before, after, urns) => {
  expect(changedUrns(before, after)).toEqual(urns);
});

test("only what was made, where it is asked for", () => {
  expect(changedUrns(state(rex), state({ ...rex, inputs: {} }, tom), "made")).toEqual(["tom"]);
});

test.each<[what: string, text: string]>([
  ["resources", '{"deployment":{"resources":[],"Resources":[{"urn":"tom"}]}}'],
  ["a URN", '{"deployment":{"resources":[{"urn":"rex","URN":"tom"}]}}'],
  ["a mark, with a letter that folds to another one", '{"deployment":{"re\u017fources":[{"urn":"tom"}]}}'],
])("a state in which the CLI reads other names as %s is refused", (_, text) => {
  expect(() => changedUrns(none, Buffer.from(text))).toThrow("where");
  expect(changedUrns(Buffer.from(text), state(rex))).toContain("rex");
});

test("one digit of a number that no double has is a change", () => {
  const number = (text: string) =>
    Buffer.from(`{"deployment":{"resources":[{"urn":"rex","type":"a:b:C","inputs":{"n":${text}}}]}}`);
  expect(changedUrns(number("12345678901234567890.1"), number("12345678901234567890.2"))).toEqual(["rex"]);
});
