import { expect, test } from "vitest";
import { packProblems } from "./check.ts";
import type { PolicyPackArgs, PolicyPackConfig } from "./definition.ts";

const validateResource = () => {};
const policy = (more: object) => ({ name: "p", description: "d", validateResource, ...more });
const schema = (properties: unknown, required?: unknown) => policy({ configSchema: { properties, required } });

test.each<[string, unknown[], RegExp]>([
  ["two of one name", [policy({}), policy({})], /^Two policies are named "p"/],
  ["a name with a space", [policy({ name: "a b" })], /^Invalid policy name "a b" \(number 1\).*alphanumerics/],
  ["a name too long", [policy({ name: "x".repeat(101) })], /^Invalid policy name "x+" \(number 1\)/],
  ["no name", [{ description: "d", validateResource }], /^Invalid policy name "undefined"/],
  ["the reserved name", [policy({ name: "all" })], /^Invalid policy name "all"\. "all" is a reserved name/],
  ["no function", [{ name: "p", description: "d" }], /^Policy "p" does nothing/],
  ["something that is not a function", [policy({ validateResource: "x" })], /^Policy "p" does nothing/],
  ["functions, one of which is none", [policy({ validateResource: [() => {}, 1] })], /^Policy "p" does nothing/],
  ["something that is not an object", [null], /^Policy number 1 is not an object/],
  [
    "an unknown level",
    [policy({ enforcementLevel: "strict" })],
    /^Unknown enforcement level "strict" of the policy "p"/,
  ],
  ["a schema that is a list", [policy({ configSchema: [] })], /^Policy "p" has a schema that is not valid/],
  ["a schema that is a text", [policy({ configSchema: "x" })], /^Policy "p" has a schema that is not valid/],
  ["a schema without properties", [policy({ configSchema: {} })], /schema that is not valid: .*properties/],
  ["a property without schema", [schema({ a: 1 })], /schema that is not valid: configSchema\.properties\.a/],
  [
    "a type there is not",
    [schema({ a: { type: "strnig" } })],
    /schema that is not valid: configSchema\.properties\.a\.type/,
  ],
  [
    "a nested mistake",
    [schema({ a: { items: { minLength: -1 } } })],
    /properties\.a\.items\.minLength: -1 is less than 0/,
  ],
  ["a pattern that is not valid", [schema({ a: { pattern: "(" } })], /properties\.a\.pattern/],
  ["required that is not a list", [schema({}, "a")], /configSchema\.required/],
  ["the level as a property", [schema({ enforcementLevel: { type: "string" } })], /cannot be explicitly specified/],
  ["the level as required", [schema({}, ["enforcementLevel"])], /cannot be specified in required/],
])("%s is a mistake", (_, policies, message) => {
  expect(packProblems("pack", { policies } as PolicyPackArgs)).toEqual([expect.stringMatching(message)]);
});

test.each<[string, Partial<PolicyPackArgs>]>([
  ["nothing at all", { policies: [] }],
  [
    "every kind of function",
    { policies: [policy({}), policy({ name: "q", validateResource: undefined, validateStack: () => {} })] as never },
  ],
  ["a list of functions, even an empty one", { policies: [policy({ validateResource: [] }) as never] }],
  ["a remediation alone", { policies: [{ name: "r", description: "d", remediateResource: () => {} }] }],
  [
    "a full schema",
    {
      policies: [
        schema({ a: { type: ["string", "null"], default: null }, b: { items: true, enum: [1] } }, ["a"]) as never,
      ],
    },
  ],
])("%s is none", (_, args) => {
  expect(packProblems("pack", args as PolicyPackArgs)).toEqual([]);
});

test.each([
  ["an empty name", "", /Invalid policy pack name ""/],
  ["a name with a slash", "a/b", /Invalid policy pack name "a\/b"/],
])("a pack with %s", (_, name, message) => {
  expect(packProblems(name, { policies: [] })).toEqual([expect.stringMatching(message)]);
});

test("a pack without policies, or with an unknown level", () => {
  expect(packProblems("pack", {} as PolicyPackArgs)).toEqual([expect.stringMatching(/has no `policies`/)]);
  expect(packProblems("pack", { policies: [], enforcementLevel: "x" as never })).toEqual([
    expect.stringMatching(/of the pack/),
  ]);
});

test("every mistake is named at once", () => {
  expect(
    packProblems("pack", { policies: [policy({ name: "a b" }), policy({ enforcementLevel: "x" })] as never }),
  ).toHaveLength(2);
});

const configured = [
  schema({ days: { type: "integer", minimum: 1 }, deep: { type: "object", properties: { x: { type: "string" } } } }, [
    "days",
  ]),
];

test.each<[string, PolicyPackConfig, RegExp[]]>([
  ["a value of the wrong type", { p: { days: "x" } }, [/^Policy "p" is configured against its schema: days: /]],
  ["a value out of range", { p: { days: 0 } }, [/days: 0 is less than 1/]],
  ["a wrong value deep inside", { p: { deep: { x: 1 } } }, [/deep\.x: /]],
  ["a level there is not", { p: "strict" as never }, [/Unknown enforcement level "strict" of the policy "p"/]],
  ["an unknown level next to properties", { p: { enforcementLevel: "x" as never } }, [/Unknown enforcement level "x"/]],
  [
    "more than a level for all",
    { all: { enforcementLevel: "advisory", days: 1 } },
    [/"all" may set a level and nothing else/],
  ],
  ["what is right", { p: { enforcementLevel: "mandatory", days: 3 }, all: "advisory" }, []],
  ["without what users must set", { p: { deep: {} } }, []],
])("initial configuration with %s", (_, config, problems) => {
  expect(packProblems("pack", { policies: configured as never }, config)).toEqual(
    problems.map((one) => expect.stringMatching(one)),
  );
});
