import { Ajv } from "ajv";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Budget, TooMuchWork } from "./budget.ts";
import { findProblems } from "./check.ts";

describe("every problem is reported with its path", () => {
  const schema = {
    type: "object",
    required: ["name", "port"],
    properties: {
      name: { type: "string", pattern: "^[a-z]+$" },
      port: { type: "integer", minimum: 1, maximum: 65535 },
      tags: { type: "array", items: { enum: ["a", "b"] }, uniqueItems: true },
    },
    additionalProperties: false,
  };
  test.each<[string, unknown, [path: string, message: RegExp][]]>([
    ["a right one has none", { name: "web", port: 80 }, []],
    [
      "what is missing",
      {},
      [
        ["name", /is required/],
        ["port", /is required/],
      ],
    ],
    [
      "all of it at once",
      { name: "Web", port: 0.5, tags: ["a", "c"], extra: 1 },
      [
        ["name", /must match the pattern/],
        ["port", /must be of type integer, and is of type number/],
        ["port", /at least 1/],
        ["tags.1", /one of "a", "b"/],
        ["extra", /not a property/],
      ],
    ],
    ["an item twice", { name: "web", port: 1, tags: ["a", "a"] }, [["tags", /twice/]]],
    ["no object at all", [], [["", /must be of type object, and is of type array/]]],
  ])("%s", (_, value, wanted) => {
    const found = findProblems(schema, value);
    expect(found.map(({ path }) => path)).toEqual(wanted.map(([path]) => path));
    wanted.forEach(([, message], index) => {
      expect(found[index]?.message).toMatch(message);
    });
  });
});

test.each<[string, unknown, unknown, boolean]>([
  ["a reference into the schema", { $ref: "#/definitions/a~1b", definitions: { "a/b": { type: "null" } } }, null, true],
  ["… that is wrong", { $ref: "#/definitions/a~1b", definitions: { "a/b": { type: "null" } } }, 1, false],
  ["a property named __proto__", JSON.parse('{"properties":{"__proto__":{"type":"string"}}}'), {}, true],
  ["a required name that objects inherit", { required: ["toString"] }, {}, false],
  ["a decimal multiple", { multipleOf: 0.1 }, 0.3, true],
  ["length in characters, not in UTF-16 units", { maxLength: 1 }, "😀", true],
  ["equal although the order of keys differs", { const: { a: 1, b: 2 } }, { b: 2, a: 1 }, true],
  ["malformed keywords are ignored", { minimum: "x", required: 1, properties: [], items: 5, enum: 3 }, {}, true],
])("%s", (_, schema, value, right) => {
  expect(findProblems(schema, value).length === 0).toBe(right);
});

const scalar = fc.constantFrom<unknown>(null, true, false, 0, 1, 2.5, -3, "", "a", "ab", "b1");
const json = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, scalar, tie("array"), tie("object")),
  array: fc.array(tie("value"), { maxLength: 3 }),
  object: fc.dictionary(fc.constantFrom("a", "b", "c"), tie("value"), { maxKeys: 3 }),
})).value;

const size = fc.nat(3);
const schemas = fc.letrec((tie) => {
  const sub = tie("schema");
  const list = fc.array(sub, { minLength: 1, maxLength: 3 });
  const map = fc.dictionary(fc.constantFrom("a", "b", "c"), sub, { maxKeys: 3 });
  const types = fc.constantFrom("null", "boolean", "number", "integer", "string", "array", "object");
  const keyword = fc.oneof(
    fc.record({ type: fc.oneof(types, fc.uniqueArray(types, { minLength: 1 })) }),
    fc.record({ enum: fc.uniqueArray(scalar, { minLength: 1 }) }),
    fc.record({ const: json }),
    fc.record({ minimum: size }),
    fc.record({ exclusiveMaximum: size }),
    fc.record({ multipleOf: fc.constantFrom(1, 2, 0.5) }),
    fc.record({ minLength: size, maxLength: size }),
    fc.record({ minItems: size }),
    fc.record({ maxProperties: size }),
    fc.record({ uniqueItems: fc.boolean() }),
    fc.record({ pattern: fc.constantFrom("^a", "b$", "[0-9]") }),
    fc.record({ required: fc.uniqueArray(fc.constantFrom("a", "b", "c")) }),
    fc.record({ properties: map }),
    fc.record({ properties: map, patternProperties: fc.record({ "^[ab]": sub }), additionalProperties: sub }),
    fc.record({ propertyNames: sub }),
    fc.record({ dependencies: fc.dictionary(fc.constantFrom("a", "b"), fc.oneof(sub, fc.constant(["c"]))) }),
    fc.record({ items: sub }),
    fc.record({ items: list, additionalItems: sub }),
    fc.record({ contains: sub }),
    fc.record({ allOf: list }),
    fc.record({ anyOf: list }),
    fc.record({ oneOf: list }),
    fc.record({ not: sub }),
    fc.record(Object.fromEntries(["if", "then", "else"].map((name) => [name, sub]))),
  );
  const object = fc.tuple(keyword, keyword).map(([one, other]) => ({ ...one, ...other }));
  return { schema: fc.oneof({ maxDepth: 3, depthIdentifier: "schema" }, fc.boolean(), object) };
}).schema;

/** As it would arrive: an object without a prototype is nothing that Ajv can compare. */
const parsed = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test("it agrees with Ajv about any schema and value", () => {
  // Stopping at the first error, Ajv 8 takes [] for valid under {"items": [false], "contains": false}.
  const ajv = new Ajv({ strict: false, multipleOfPrecision: 9, validateSchema: false, allErrors: true });
  fc.assert(
    fc.property(schemas.map(parsed), json.map(parsed), (schema, value) => {
      expect(findProblems(schema, value).length === 0).toBe(ajv.validate(schema as object, value));
    }),
    { numRuns: 500 },
  );
});

test("honest small ones are far from the bound of work", () => {
  const fiftieth = 20_000;
  fc.assert(
    fc.property(schemas, json, (schema, value) => {
      findProblems(schema, value, new Budget(fiftieth));
    }),
    { numRuns: 500 },
  );
});

test("no JSON makes it fail", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (schema, value) => {
      expect(Array.isArray(findProblems(schema, value))).toBe(true);
    }),
  );
});

test("work without end is stopped", () => {
  const doubling = Array.from({ length: 40 }, (_, level) => [
    `n${level}`,
    { allOf: [{ $ref: `#/definitions/n${level + 1}` }, { $ref: `#/definitions/n${level + 1}` }] },
  ]);
  const bomb = { $ref: "#/definitions/n0", definitions: Object.fromEntries(doubling) };
  expect(() => findProblems(bomb, 1)).toThrow(TooMuchWork);
  expect(() => findProblems({ $ref: "#" }, 1)).toThrow(TooMuchWork);
  expect(() => findProblems({ items: { pattern: "a{500}".repeat(50) } }, Array(100).fill("a".repeat(5000)))).toThrow(
    TooMuchWork,
  );
});
