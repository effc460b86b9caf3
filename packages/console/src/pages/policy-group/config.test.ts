import { expect, test } from "vitest";
import { levelOf, withLevel, withValue } from "./config.ts";

test("a level is set, changed and taken away", () => {
  const set = withLevel({ other: { a: 1 } }, "all", "advisory");
  expect(set).toEqual({ other: { a: 1 }, all: { enforcementLevel: "advisory" } });
  expect(levelOf(set, "all")).toBe("advisory");
  expect(withLevel(set, "all", "")).toEqual({ other: { a: 1 } });
});

test.each([
  ["beside others", { p: { a: 1 } }, { property: "b", value: 2 }, { p: { a: 1, b: 2 } }],
  ["instead of its own", { p: { a: 1 } }, { property: "a", value: false }, { p: { a: false } }],
  ["away", { p: { a: 1, b: 2 } }, { property: "a", value: undefined }, { p: { b: 2 } }],
  ["away with the policy", { p: { a: 1 } }, { property: "a", value: undefined }, {}],
  ["instead of what is no object", { p: 7 }, { property: "a", value: 1 }, { p: { a: 1 } }],
])("a value is set %s", (_, config, change, expected) => {
  expect(withValue(config, "p", change)).toEqual(expected);
});

test("a policy with the name of an inherited property has no configuration", () => {
  expect(levelOf({}, "constructor")).toBe("");
  expect(withLevel({}, "toString", "advisory")).toEqual({ toString: { enforcementLevel: "advisory" } });
});
