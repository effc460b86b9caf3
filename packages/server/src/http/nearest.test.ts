import { expect, test } from "vitest";
import { nearest } from "./nearest.ts";

const known = [
  "newName",
  "addStack",
  "removeStack",
  "stacks",
  "policyPacks",
  "config",
  "routingProject",
  "stackMatchRule",
];

test.each([
  ["confg", "config"],
  ["configuration", "config"],
  ["addStacks", "addStack"],
  ["ADDSTACK", "addStack"],
  ["stack", "stacks"],
  ["policy_packs", "policyPacks"],
  ["packs", "policyPacks"],
  ["project", "routingProject"],
  ["newname", "newName"],
  ["colour", undefined],
  ["x".repeat(100_000), undefined],
  ["", undefined],
])("the nearest name to %s is %s", (name, meant) => {
  expect(nearest(name, known)).toBe(meant);
});
