import { expect, test } from "vitest";
import { byPolicy, byResource, type Counted, type Result } from "./grouping.ts";

const none = { mandatory: 0, advisory: 0, accepted: 0, excepted: 0, remediated: 0, notEvaluated: 0, passed: 0 };
const policy = (name: string, counts: Partial<typeof none>) => ({
  name,
  description: "",
  severity: "",
  ...none,
  ...counts,
});
const pack = (name: string, ...policies: Counted["packs"][number]["policies"]) => ({
  name,
  version: "1",
  required: true,
  policies,
});
const result = (pack: string, policy: string, urn: string) => ({ pack, version: "1", policy, urn }) as Result;

test("packs and policies are shown with the worst first, and those that passed apart", () => {
  const packs = [
    pack("quiet", policy("fine", { passed: 3 })),
    pack("mild", policy("hint", { advisory: 9 })),
    pack(
      "strict",
      policy("mended", { remediated: 1 }),
      policy("broken", { mandatory: 1 }),
      policy("fine", { passed: 1 }),
    ),
    pack("silent"),
  ];
  const groups = byPolicy({ packs }, [result("strict", "broken", "u"), result("mild", "hint", "v")]);
  expect(
    groups.map(({ pack, found, passed }) => [pack.name, found.map((one) => one.policy.name), passed.length]),
  ).toEqual([
    ["strict", ["broken", "mended"], 1],
    ["mild", ["hint"], 0],
    ["quiet", [], 1],
    ["silent", [], 0],
  ]);
  expect(groups[0]?.found[0]).toMatchObject({ results: [{ urn: "u" }], total: 1 });
  expect(groups[1]?.found[0]).toMatchObject({ results: [{ urn: "v" }], total: 9 });
});

test("results of the same policy in two versions are kept apart", () => {
  const packs = [pack("p", policy("a", { advisory: 1 })), { ...pack("p", policy("a", { advisory: 1 })), version: "2" }];
  const results = [result("p", "a", "u"), { ...result("p", "a", "v"), version: "2" }];
  expect(byPolicy({ packs }, results).map(({ found }) => found[0]?.results.map(({ urn }) => urn))).toEqual([
    ["u"],
    ["v"],
  ]);
});

test("results are grouped by resource in their order", () => {
  const groups = byResource([result("p", "a", "u"), result("p", "a", "v"), result("p", "b", "u")]);
  expect(groups.map(({ urn, results }) => [urn, results.length])).toEqual([
    ["u", 2],
    ["v", 1],
  ]);
});
