import { JsonText } from "@quillon/contract/client";
import { expect, test } from "vitest";
import { type ComparedPolicy, difference, type PolicyChange } from "./difference.ts";

const text = (properties: Record<string, unknown>, required?: string[]): ComparedPolicy => ({
  name: "a",
  configSchema: { properties, ...(required && { required }) },
});
const changed = (...parts: [what: string, from: string, to: string][]): PolicyChange[] => [
  { policy: "a", change: "changed", parts: parts.map(([what, from, to]) => ({ what, from, to })) },
];

test.each<[string, ComparedPolicy[], ComparedPolicy[], PolicyChange[]]>([
  ["nothing", [{ name: "a", enforcementLevel: "mandatory" }], [{ name: "a", enforcementLevel: "mandatory" }], []],
  [
    "what is removed before what is added, each by name",
    [{ name: "z" }, { name: "y", severity: "high" }],
    [{ name: "b" }, { name: "a", enforcementLevel: "mandatory" }],
    [
      { policy: "y", change: "removed", parts: [{ what: "severity", from: "high", to: "" }] },
      { policy: "z", change: "removed", parts: [] },
      { policy: "a", change: "added", parts: [{ what: "level", from: "", to: "mandatory" }] },
      { policy: "b", change: "added", parts: [] },
    ],
  ],
  [
    "a level and a severity",
    [{ name: "a", enforcementLevel: "advisory" }],
    [{ name: "a", enforcementLevel: "mandatory", severity: "low" }],
    changed(["level", "advisory", "mandatory"], ["severity", "", "low"]),
  ],
  [
    "a property that became required",
    [text({ team: { type: "string" } })],
    [text({ team: { type: "string" } }, ["team"])],
    changed(["team is required", "no", "yes"]),
  ],
  [
    "properties that came, went and changed",
    [text({ gone: { type: "string" }, most: { maximum: 3 } })],
    [text({ most: { maximum: 4 }, new: { type: "boolean" } })],
    changed(
      ["schema of gone", '{"type":"string"}', ""],
      ["schema of most", '{"maximum":3}', '{"maximum":4}'],
      ["schema of new", "", '{"type":"boolean"}'],
    ),
  ],
  [
    "not the order of fields",
    [text({ a: { type: "array", items: { type: "string", minLength: 1 } } })],
    [text({ a: { items: { minLength: 1, type: "string" }, type: "array" } })],
    [],
  ],
  [
    "numbers that JavaScript can't hold",
    [text({ a: { maximum: new JsonText("9007199254740993") } })],
    [text({ a: { maximum: new JsonText("9007199254740992") } })],
    changed(["schema of a", '{"maximum":9007199254740993}', '{"maximum":9007199254740992}']),
  ],
  [
    "a property with the name of an inherited one",
    [text({})],
    [text({ toString: { type: "string" } })],
    changed(["schema of toString", "", '{"type":"string"}']),
  ],
  ["not a schema of a policy that is new", [], [text({ a: {} })], [{ policy: "a", change: "added", parts: [] }]],
])("the difference tells %s", (_, before, after, expected) => {
  expect(difference(before, after)).toEqual(expected);
});
