import { expect, test } from "vitest";
import { findConfigProblems } from "./config.ts";

const level = { type: "string", enum: ["advisory", "mandatory", "remediate", "disabled"] };
const policies = [
  {
    name: "sizes",
    configSchema: {
      type: "object",
      properties: {
        enforcementLevel: level,
        most: { type: "integer", minimum: 1, default: 4 },
        allowed: { type: "array", items: { type: "string", pattern: "^[a-z]+$" } },
      },
    },
  },
  { name: "plain" },
];
const needy = [
  {
    name: "owner",
    configSchema: {
      properties: { enforcementLevel: level, team: { type: "string" }, region: { type: "string", default: "eu" } },
      required: ["enforcementLevel", "team", "region"],
    },
  },
];

test.each<[string, typeof policies | typeof needy, Record<string, unknown> | undefined, string[]]>([
  ["none is fine where nothing is required", policies, undefined, []],
  ["a level and properties", policies, { sizes: { enforcementLevel: "advisory", most: 2, allowed: ["a"] } }, []],
  ["all sets a level", policies, { all: { enforcementLevel: "disabled" } }, []],
  ["a policy without a schema is not checked", policies, { plain: { x: 1 } }, []],
  [
    "every problem at once",
    policies,
    {
      sizes: { enforcementLevel: "strict", most: 0, allowed: ["a", "B"] },
      gone: {},
      all: { enforcementLevel: "off", most: 1 },
      plain: "mandatory",
    },
    [
      "gone:: there is no such policy in the pack",
      "sizes:enforcementLevel: must be one of advisory, mandatory, remediate, disabled",
      "all:enforcementLevel: must be one of advisory, mandatory, remediate, disabled",
      'all:most: "all" takes only an enforcementLevel',
      "plain:: must be an object",
      "sizes:most: must be at least 1",
      "sizes:allowed.1: must match the pattern ^[a-z]+$",
    ],
  ],
  ["what is required and has no default", needy, undefined, ["owner:team: is required"]],
  [
    "a default is used only for what is missing",
    needy,
    { owner: { team: "a", region: 1 } },
    ["owner:region: must be of type string, and is of type number"],
  ],
  ["what is required is there", needy, { owner: { team: "a" } }, []],
  [
    "a level for all does not set a property",
    needy,
    { all: { enforcementLevel: "advisory" } },
    ["owner:team: is required"],
  ],
])("%s", (_, pack, config, wanted) => {
  const found = findConfigProblems(pack, config).map(
    ({ policy, property, message }) => `${policy}:${property}: ${message}`,
  );
  expect(found).toEqual(wanted);
});

test("a bomb of nesting is refused before anything is checked", () => {
  const bomb = { sizes: JSON.parse("[".repeat(5000) + "]".repeat(5000)) };
  expect(findConfigProblems(policies, bomb)).toMatchObject([{ message: expect.stringContaining("nested") }]);
});

test("what can't be checked in reasonable time is refused", () => {
  const slow = [{ name: "slow", configSchema: { properties: { list: { items: { pattern: "a{500}".repeat(80) } } } } }];
  const list = Array(100).fill("a".repeat(5000));
  expect(findConfigProblems(slow, { slow: { list } })).toMatchObject([
    { policy: "slow", message: expect.stringContaining("reasonable time") },
  ]);
});

test("the work is bounded for all policies of a pack together", () => {
  const items = { enum: Array.from({ length: 4_000 }, (_, index) => index) };
  const many = Array.from({ length: 4_800 }, (_, index) => ({
    name: `p${index}`,
    configSchema: { properties: { list: { default: items.enum, items } } },
  }));
  const [found, ...others] = findConfigProblems(many);
  expect(others).toEqual([]);
  expect(found).toMatchObject({ property: "", message: expect.stringContaining("reasonable time") });
});

test("a pack of thousands of ordinary policies is checked", () => {
  const many = Array.from({ length: 4_831 }, (_, index) => ({ ...needy[0], name: `p${index}` })) as typeof needy;
  const config = Object.fromEntries(many.slice(0, 3_000).map(({ name }) => [name, { team: "a" }]));
  expect(findConfigProblems(many.slice(0, 3_000), config)).toEqual([]);
  const found = findConfigProblems(many, config);
  expect(found).toHaveLength(1_831);
  expect(found[0]).toEqual({ policy: "p3000", property: "team", message: "is required" });
});
