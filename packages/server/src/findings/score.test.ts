import { describe, expect, test } from "vitest";
import { enabledPolicies, percentOf, percentOfPolicy, stateOf } from "./score.ts";

describe("which policies of a pack run", () => {
  const policies = [
    { name: "a", enforcementLevel: "mandatory" },
    { name: "b", enforcementLevel: "disabled" },
    { name: "c" },
  ];
  test.each<[string, unknown, string]>([
    ["without configuration, those that the pack does not disable", undefined, "a c"],
    ["one that the configuration disables does not", { a: { enforcementLevel: "disabled" } }, "c"],
    ["one that the configuration enables does", { b: { enforcementLevel: "advisory" } }, "a b c"],
    ["none when all are disabled", { all: { enforcementLevel: "disabled" } }, ""],
    [
      "its own level counts before that of all",
      { all: { enforcementLevel: "disabled" }, a: { enforcementLevel: "advisory" } },
      "a",
    ],
    ["properties without a level change none", { all: { enforcementLevel: "advisory" }, a: { size: 3 } }, "a b c"],
    ["an unknown level changes none", { a: { enforcementLevel: "off" } }, "a c"],
    ["a level alone is one too", { a: "disabled" }, "c"],
    ["a configuration that is no object is none", "disabled", "a c"],
    ["names of inherited fields are no configuration", {}, "a c"],
  ])("%s", (_, config, expected) => {
    expect(
      enabledPolicies(policies, config)
        .map(({ name }) => name)
        .join(" "),
    ).toBe(expected);
  });

  test("a framework is its name and version", () => {
    const framework = { name: "PCI DSS", version: "4.0", reference: "1.2" };
    expect(enabledPolicies([{ name: "a", severity: "high", framework } as never], undefined)).toEqual([
      { name: "a", severity: "high", framework: "PCI DSS 4.0" },
    ]);
  });
});

const count = { policy: "p", governed: 0, failing: 0, excepted: 0, fails: false, violated: false, askedOfStack: false };
test.each([
  ["of which nothing is known", undefined, "not-exercised"],
  ["that governed nothing", count, "not-exercised"],
  ["that resources pass", { ...count, governed: 3 }, "passes"],
  ["that one of them fails", { ...count, governed: 3, failing: 1, fails: true, violated: true }, "fails"],
  ["that a provider fails", { ...count, fails: true, violated: true }, "fails"],
  ["that only what is excepted fails", { ...count, governed: 3, failing: 1, excepted: 1, fails: true }, "excepted"],
  ["that the whole stack passes", { ...count, askedOfStack: true }, "passes"],
] as const)("a policy %s: %s", (_, counted, state) => {
  expect(stateOf(counted)).toBe(state);
});

test.each([
  ["all", { passing: 3, of: 3 }, 100],
  ["none", { passing: 0, of: 3 }, 0],
  ["two of three are rounded down", { passing: 2, of: 3 }, 66],
  ["almost all is not all", { passing: 999, of: 1000 }, 99],
  ["nothing was evaluated", undefined, -1],
  ["every policy is disabled", { passing: 0, of: 0 }, -1],
  ["the pack could not be loaded", { passing: 0, of: 0, broken: true }, -2],
  ["in some stacks it could not be loaded", { passing: 1, of: 2, broken: true }, 50],
])("a score: %s", (_, part, percent) => {
  expect(percentOf(part)).toBe(percent);
});

test.each([
  [{ governed: 4, failing: 1, fails: true, exercised: true }, 75],
  [{ governed: 0, failing: 0, fails: true, exercised: true }, 0],
  [{ governed: 0, failing: 0, fails: false, exercised: true }, 100],
  [{ governed: 0, failing: 0, fails: false, exercised: false }, -1],
])("of a policy with %j, %d percent", (counted, percent) => {
  expect(percentOfPolicy(counted)).toBe(percent);
});
