import { expect, test } from "vitest";
import { levelsInEffect } from "./levels.ts";

const policies = [
  { name: "short", enforcementLevel: "mandatory" },
  { name: "long", enforcementLevel: "advisory" },
  { name: "wide" },
];

test.each<[string, unknown, Record<string, string>]>([
  ["a policy's own level counts without a configuration", null, { short: "mandatory", long: "advisory" }],
  [
    "a configured level counts more",
    { long: { enforcementLevel: "disabled", most: 5 }, wide: { enforcementLevel: "remediate" } },
    { short: "mandatory", long: "disabled", wide: "remediate" },
  ],
  [
    "a level for all counts for policies that are not configured",
    { all: { enforcementLevel: "advisory" }, short: { enforcementLevel: "disabled" }, long: { most: 5 } },
    { short: "disabled", long: "advisory", wide: "advisory" },
  ],
  [
    "what is no level counts for nothing",
    { short: { enforcementLevel: "soft" }, long: 7 },
    { short: "mandatory", long: "advisory" },
  ],
  [
    "a policy of another pack has no level here",
    { other: { enforcementLevel: "disabled" } },
    { short: "mandatory", long: "advisory" },
  ],
])("%s", (_, config, levels) => {
  expect(levelsInEffect(policies, config)).toEqual(levels);
});

test("a policy may have the name of what every object has", () => {
  const config = JSON.parse('{"__proto__":{"enforcementLevel":"disabled"}}');
  expect(levelsInEffect([{ name: "constructor", enforcementLevel: "advisory" }], config)).toEqual({
    constructor: "advisory",
  });
});
