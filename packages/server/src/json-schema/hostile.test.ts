import { expect, test } from "vitest";
import { schemaProblem } from "./hostile.ts";

const nested = (levels: number): object => (levels === 0 ? {} : { properties: { a: nested(levels - 1) } });
const doubling = (levels: number) => {
  const names = Array.from({ length: levels }, (_, level) => level);
  const both = (level: number) => ({ allOf: [{ $ref: `#/definitions/${level}` }, { $ref: `#/definitions/${level}` }] });
  return { definitions: Object.fromEntries(names.map((level) => [level, level === 0 ? {} : both(level - 1)])) };
};

test.each<[string, unknown, RegExp | undefined]>([
  ["an honest one", { properties: { port: { type: "integer", maximum: 9 } }, required: ["port"] }, undefined],
  ["a nest of 15 properties", nested(15), undefined],
  ["a bomb of nesting", nested(1000), /nested 2001 deep/],
  ["a bomb of size", { enum: Array(6000).fill(1) }, /6002 values/],
  ["a reference that unfolds sixteen times", doubling(4), undefined],
  ["a bomb of references", doubling(30), /unfold/],
  ["a circular reference", { properties: { a: { $ref: "#" } } }, /leads back to itself/],
  [
    "a circle of two references",
    { definitions: { a: { $ref: "#/definitions/b" }, b: { $ref: "#/definitions/a" } } },
    /itself/,
  ],
  ["a reference to elsewhere", { $ref: "https://example.com/schema.json" }, /not in it/],
  ["a catastrophic pattern", { properties: { a: { pattern: "^(a+)+$" } } }, /exponential/],
  ["one in patternProperties", { patternProperties: { "(x*)*y": {} } }, /exponential/],
  ["a property that is called pattern", { properties: { pattern: { type: "string" } } }, undefined],
  ["a pattern that is only a default", { default: { pattern: "(a+)+" } }, undefined],
])("%s", (_, schema, problem) => {
  if (problem) expect(schemaProblem(schema)).toMatch(problem);
  else expect(schemaProblem(schema)).toBeUndefined();
});
