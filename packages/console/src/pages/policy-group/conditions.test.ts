import type { Selector } from "@quillon/contract";
import { expect, test } from "vitest";
import { type Draft, draftsOf, selectorOf } from "./conditions.ts";

test.each<[string, Selector]>([
  ["one condition", { all: [{ project: "web-*" }] }],
  ["each kind", { all: [{ project: "a" }, { stack: "b" }, { tag: "c" }], any: [{ tag: "d", value: "e*" }] }],
  ["exceptions", { any: [{ stack: "prod" }], except: [{ tag: "sandbox" }] }],
])("a selector with %s is the same after it was shown", (_, selector) => {
  expect(selectorOf(draftsOf(selector))).toEqual(selector);
});

const draft: Draft = { id: 0, part: "all", kind: "project", name: "web", value: "" };

test.each<[string, Draft[], Selector | undefined]>([
  ["nothing", [], undefined],
  ["exceptions alone", [{ ...draft, part: "except" }], undefined],
  ["only what is not typed yet", [{ ...draft, name: "" }], undefined],
  ["without what is not typed yet", [draft, { ...draft, id: 1, name: "" }], { all: [{ project: "web" }] }],
])("of %s the selector is as expected", (_, drafts, expected) => {
  expect(selectorOf(drafts)).toEqual(expected);
});
