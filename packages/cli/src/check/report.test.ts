import { expect, test } from "vitest";
import type { CheckedPack, Exception } from "./pack.ts";
import { reportOf } from "./report.ts";
import { sentenceOf } from "./summary.ts";

/** A required pack whose mandatory policy two resources violate. */
function checked(match: Exception["match"]): CheckedPack {
  const exceptions = { "EXC-1": { reason: "It is old.", match } };
  const from = { directory: "d", label: "l", required: true, config: {}, configLabel: "", exceptions };
  const results = ["one", "two"].map((urn) => ({
    kind: "violated" as const,
    policy: "tagged",
    level: "mandatory",
    severity: "",
    urn,
    message: "",
  }));
  const names = { name: "rules", version: "1.0.0", project: "web", stack: "dev" };
  return { pack: { ...names, resources: 2, policies: [], results }, from, printed: "" };
}

test.each<[what: string, match: Exception["match"], mandatory: number]>([
  ["both", [{ policies: ["tagged"], targets: ["one", "two"] }], 0],
  ["both, by two entries", ["one", "two"].map((urn) => ({ policies: ["tagged"], targets: [urn] })), 0],
  ["one", [{ policies: ["other", "tagged"], targets: ["two"] }], 1],
  ["none, because the policy is another one", [{ policies: ["other"], targets: ["one", "two"] }], 2],
  ["none, because no entry has both", [{ policies: [], targets: ["one"] }], 2],
])("an exception covers %s", (_, match, mandatory) => {
  const { counts, results } = reportOf([checked(match)]);
  expect(counts).toMatchObject({ mandatory, excepted: 2 - mandatory });
  const excepted = results.flatMap(({ exceptions = [] }) => exceptions);
  expect(excepted).toEqual(Array(2 - mandatory).fill({ id: "EXC-1", reason: "It is old." }));
});

test("a result has what its policy said, and the policy its description", () => {
  const { pack, from } = checked([]);
  const policy = { name: "tagged", description: "All are tagged.", severity: "", url: "", remediationSteps: "" };
  const results = pack.results.map((result) => ({ ...result, message: "All are tagged.\nIt has no owner." }));
  const policies = [{ ...policy, level: "mandatory" as const, passed: 0 }];
  const report = reportOf([{ pack: { ...pack, policies, results }, from, printed: "" }]);
  expect(report.results.map(({ message }) => message)).toEqual(["It has no owner.", "It has no owner."]);
  expect(report.packs[0]?.policies).toMatchObject([{ description: "All are tagged.", mandatory: 2 }]);
});

test("a stack that must run no pack is named all the same", () => {
  const report = reportOf([], { organization: "acme", stack: { project: "web", name: "dev" } });
  expect(report).toMatchObject({ organization: "acme", stack: { project: "web", name: "dev" }, packs: [] });
  expect(sentenceOf(report, 0)).toBe("acme/web/dev must run no policy pack, so nothing was checked.");
});
