import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { recordedEvents, recordedVersions } from "../testing/recorded-events.ts";
import { fold, type Results } from "./fold.ts";

const nameOf = (urn: string) => urn.slice(urn.lastIndexOf("::") + 2);

/** The results in one line each: what was reported, what failed, and which resources are in the state then. */
function told({ reports, analyses, steps }: Results) {
  return {
    reports: reports.map(({ kind, level, pack, policy, urn }) =>
      [kind, level, pack, policy, nameOf(urn)].filter(Boolean).join(" "),
    ),
    failed: analyses.flatMap(({ failed, pack, urn }) =>
      failed.map((policy) => `${pack} ${policy} ${nameOf(urn) || "the stack"}`),
    ),
    deployed: steps
      .filter(({ kind }) => kind === "deployed")
      .map(({ urn }) => nameOf(urn))
      .sort(),
    others: steps
      .filter(({ kind }) => kind === "deleted" || kind === "failed")
      .map(({ kind, urn }) => `${kind} ${nameOf(urn)}`)
      .sort(),
  };
}

const tom = "violated advisory pets known-prefix tom";

/** What both CLIs say, unless it is listed for one of them. */
const runs: Record<string, { reports: string[]; failed: string[]; deployed: string[]; others?: string[] }> = {
  "preview-violates": {
    reports: [
      "remediated pets separated rex",
      "violated mandatory pets two-words rex",
      "not-evaluated advisory pets known-prefix tom",
    ],
    failed: ["pets two-words rex", "pets known-prefix tom"],
    deployed: [],
  },
  "up-fixes": {
    reports: ["remediated pets separated rex", tom],
    failed: ["pets known-prefix tom"],
    deployed: ["kim", "pets-dev", "rex", "tom"],
  },
  "up-violates-again": {
    reports: ["remediated pets separated rex", "violated mandatory pets two-words rex"],
    failed: ["pets two-words rex"],
    deployed: ["kim", "pets-dev"],
  },
  "up-not-remediated": {
    reports: ["violated mandatory pets separated rex"],
    failed: ["pets separated rex"],
    deployed: ["kim", "pets-dev"],
  },
  "up-local-pack": {
    reports: ["violated advisory local no-rex rex", tom],
    failed: ["local no-rex rex", "pets known-prefix tom"],
    deployed: ["kim", "pets-dev", "rex", "tom"],
  },
  "up-replaces": {
    reports: [tom],
    failed: ["pets known-prefix tom"],
    deployed: ["kim", "kim", "pets-dev", "rex", "tom"],
  },
  "up-stack-violates": {
    reports: [tom, "violated mandatory pets few-pets pets-dev"],
    failed: ["pets known-prefix tom", "pets few-pets the stack"],
    deployed: ["kim", "more-0", "more-1", "pets-dev", "rex", "tom"],
  },
  "up-deletes": {
    reports: [tom],
    failed: ["pets known-prefix tom"],
    deployed: ["kim", "pets-dev", "rex", "tom"],
    others: ["deleted more-0", "deleted more-1"],
  },
  // It loads no packs, and says of each resource that it is still there.
  refresh: { reports: [], failed: [], deployed: ["kim", "pets-dev", "rex", "tom"] },
  destroy: {
    reports: [],
    failed: [],
    deployed: [],
    others: ["deleted kim", "deleted pets-dev", "deleted rex", "deleted tom"],
  },
};

describe.each(recordedVersions)("what the events of CLI %s say", (version) => {
  test.each(Object.entries(runs))("%s", (run, { others = [], ...expected }) => {
    expect(told(fold(recordedEvents(version, run)))).toEqual({ ...expected, others });
  });

  test("a message has no colours, and a violation has its pack's version", () => {
    const [, violated] = fold(recordedEvents(version, "preview-violates")).reports;
    expect(violated).toMatchObject({
      tag: "1.0.0",
      message: "A pet's name has two words.\nThis pet's name is too short.",
    });
  });
});

test.each(recordedVersions)("a resource that CLI %s could not update is not deployed", (version) => {
  const { others, deployed } = told(fold(recordedEvents(version, "up-resource-fails")));
  expect(others).toEqual(["failed rex"]);
  expect(deployed).not.toContain("rex");
});

// A targeted run of the oldest CLI reports the other resources as unchanged, and newer ones leave them out.
test("a targeted update deploys its target", () => {
  for (const version of recordedVersions)
    expect(told(fold(recordedEvents(version, "up-targets"))).deployed).toContain("rex");
});

// What the program registered, in the order of the steps. The engine takes none for providers that it adds by itself.
test.each(recordedVersions)("what the program of CLI %s registered", (version) => {
  const registered = (run: string) =>
    fold(recordedEvents(version, run))
      .steps.filter(({ kind }) => ["registered", "unchanged", "imported"].includes(kind))
      .map(({ kind, urn }) => `${kind} ${nameOf(urn)}`);
  expect(registered("preview-violates").sort()).toEqual(
    ["kim", "pets-dev", "rex", "tom"].map((name) => `registered ${name}`),
  );
  expect([...new Set(registered("up-replaces"))].sort()).toEqual([
    "registered kim",
    "unchanged pets-dev",
    "unchanged rex",
    "unchanged tom",
  ]);
  expect(registered("refresh")).toEqual([]);
  expect(registered("destroy")).toEqual([]);
});

test.each([
  ["a resource of a provider", { op: "create", new: { custom: true, parent: "the stack" } }, "registered", null],
  ["a component", { op: "update", new: { parent: "the stack" } }, "registered", "the stack"],
  ["the root stack", { op: "same", old: { parent: "" }, new: null }, "unchanged", ""],
  ["an imported resource", { op: "import", new: { custom: true } }, "imported", null],
  ["an imported replacement", { op: "import-replacement", new: { custom: true } }, "imported", null],
])("%s", (_, metadata, kind, parent) => {
  const event = { sequence: 0, resourcePreEvent: { planning: true, metadata: { urn: "u", ...metadata } } };
  expect(fold([event]).steps).toEqual([{ sequence: 0, urn: "u", was: null, kind, parent }]);
});

test("batches may come in any order", () => {
  const events = recordedVersions.flatMap((version) => recordedEvents(version, "up-stack-violates"));
  const split = fc
    .shuffledSubarray(events, { minLength: events.length })
    .chain((shuffled) =>
      fc.integer({ min: 1, max: events.length }).map((at) => [shuffled.slice(0, at), shuffled.slice(at)]),
    );
  const sorted = ({ reports, analyses, steps }: Results) =>
    [reports, analyses, steps].map((list) => list.map((item) => JSON.stringify(item)).sort());
  const merged = (parts: Results[]): Results => ({
    reports: parts.flatMap(({ reports }) => reports),
    analyses: parts.flatMap(({ analyses }) => analyses),
    steps: parts.flatMap(({ steps }) => steps),
  });
  const whole = sorted(fold(events));
  fc.assert(
    fc.property(split, (batches) => {
      expect(sorted(merged(batches.map(fold)))).toEqual(whole);
    }),
  );
});

const report = { policyPackName: "p", policyName: "q", resourceUrn: "u", enforcementLevel: "mandatory" };

test.each([
  ["an event without a pack", { policyEvent: { ...report, policyPackName: "" } }],
  ["an event without a policy", { policyEvent: { ...report, policyName: 7 } }],
  ["an analysis of no resource", { policyAnalyzeSummaryEvent: { policyPackName: "p", passed: ["q"] } }],
  ["a step of no resource", { resOutputsEvent: { metadata: { op: "create" } } }],
  ["the old half of a replacement", { resOutputsEvent: { metadata: { op: "delete-replaced", urn: "u" } } }],
  ["a planned step", { resOutputsEvent: { planning: true, metadata: { op: "create", urn: "u" } } }],
  ["null", { policyEvent: null, resOutputsEvent: null, policyAnalyzeStackSummaryEvent: null }],
  ["a text", { policyEvent: "violated" }],
])("%s has no result", (_, event) => {
  expect(fold([{ sequence: 0, ...event }])).toEqual({ reports: [], analyses: [], steps: [] });
});

test.each([
  ["<{%fg 1%}>red<{%reset%}>\n", "red"],
  ["a\tb\r\nc", "a\tb\nc"],
  ["bell\u0007 \u001b[31mred\u009b", "bell [31mred"],
  ["<b>&amp;</b>", "<b>&amp;</b>"],
  ["zero\u0000", "zero"],
])("the message %j becomes %j", (message, plain) => {
  expect(fold([{ sequence: 0, policyEvent: { ...report, message } }]).reports[0]?.message).toBe(plain);
});

test("a long message is cut", () => {
  const [violation] = fold([{ sequence: 0, policyEvent: { ...report, message: "x".repeat(1_000_000) } }]).reports;
  expect(violation?.message).toBe(`${"x".repeat(16_384)}…`);
});

test("of a long list of policies the first 10,000 count, each once", () => {
  const failed = Array.from({ length: 20_000 }, (_, at) => `p${at % 15_000}`);
  const [analysis] = fold([
    { sequence: 0, policyAnalyzeSummaryEvent: { policyPackName: "p", resourceUrn: "u", failed, passed: ["q", "q"] } },
  ]).analyses;
  expect([analysis?.failed.length, analysis?.passed]).toEqual([10_000, ["q"]]);
});

test.each([
  [
    "its ids and reasons",
    [{ id: "EXC-1", reason: "Old." }, { id: "local" }],
    [
      { id: "EXC-1", reason: "Old." },
      { id: "local", reason: "" },
    ],
  ],
  ["nothing for an empty list", [], null],
  ["nothing without a list", undefined, null],
  ["nothing for what has no id", [{ reason: "Old." }, null, "EXC-1"], null],
])("of the exceptions of a violation it keeps %s", (_, exceptions, expected) => {
  const policyEvent = { policyPackName: "pets", policyName: "length", resourceUrn: "urn", exceptions };
  expect(fold([{ sequence: 1, policyEvent }]).reports).toMatchObject([{ exceptions: expected }]);
});
