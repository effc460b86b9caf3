import fc from "fast-check";
import { expect, test } from "vitest";
import { eventToSend, isFailure, isPreview, parseEvent, type RequiredPack } from "./event.ts";

const packs: RequiredPack[] = [{ name: "passwords", versionTag: "1.0.0", folder: "0ab1" }];
const of = (name: string) => ({ policyPackName: name, policyPackVersion: "0.0.1", policyPackVersionTag: "0.0.1" });
const required = { policyPackName: "passwords", policyPackVersion: "1.0.0", policyPackVersionTag: "1.0.0" };
const urn = "urn:pulumi:dev::web::a:b:C::n";
const secret = "hunter2";
const state = {
  urn,
  type: "a:b:C",
  custom: true,
  id: secret,
  parent: "p",
  inputs: { a: secret },
  outputs: { b: secret },
};
const kept = { urn, type: "a:b:C", custom: true, parent: "p" };

test.each<[what: string, event: object, sent: object]>([
  [
    "a violation of a required pack",
    {
      policyEvent: {
        ...of("other|local|/c/packs/0ab1"),
        resourceUrn: urn,
        policyName: "p",
        message: "m",
        enforcementLevel: "mandatory",
        color: "raw",
      },
    },
    {
      policyEvent: {
        ...required,
        resourceUrn: urn,
        policyName: "p",
        message: "m",
        enforcementLevel: "mandatory",
        color: "raw",
      },
    },
  ],
  [
    "a path that the engine has shortened",
    { policyAnalyzeSummaryEvent: { ...of("passwords|local|/home/.../packs/0ab1"), resourceUrn: urn, passed: ["p"] } },
    { policyAnalyzeSummaryEvent: { ...required, resourceUrn: urn, passed: ["p"] } },
  ],
  [
    "a path of Windows",
    { policyAnalyzeStackSummaryEvent: of("passwords|local|C:\\packs\\0ab1") },
    { policyAnalyzeStackSummaryEvent: required },
  ],
  [
    "a pack of the user's own with the same name",
    { policyAnalyzeStackSummaryEvent: of("passwords|local|../mine") },
    { policyAnalyzeStackSummaryEvent: of("passwords|local|../mine") },
  ],
  [
    "a folder that only ends alike",
    { policyAnalyzeStackSummaryEvent: of("passwords|local|/x0ab1") },
    { policyAnalyzeStackSummaryEvent: of("passwords|local|/x0ab1") },
  ],
  [
    "a remediation",
    {
      policyRemediationEvent: {
        ...of("x|local|0ab1"),
        resourceUrn: urn,
        policyName: "p",
        before: { a: secret },
        after: { a: secret },
      },
    },
    { policyRemediationEvent: { ...required, resourceUrn: urn, policyName: "p" } },
  ],
  [
    "a step",
    {
      resourcePreEvent: {
        planning: true,
        metadata: {
          op: "update",
          urn,
          type: "a:b:C",
          old: state,
          new: state,
          diffs: [secret],
          keys: [secret],
          detailedDiff: { [secret]: {} },
          provider: "x",
        },
      },
    },
    { resourcePreEvent: { planning: true, metadata: { op: "update", urn, type: "a:b:C", old: kept, new: kept } } },
  ],
  [
    "a step of a new resource",
    { resOutputsEvent: { metadata: { op: "create", urn, type: "a:b:C", old: null, new: state } } },
    { resOutputsEvent: { metadata: { op: "create", urn, type: "a:b:C", old: null, new: kept } } },
  ],
  [
    "the end",
    {
      summaryEvent: {
        isPreview: false,
        resourceChanges: { create: 1 },
        durationSeconds: 2,
        PolicyPacks: { "passwords|local|/home/ada": "1" },
      },
    },
    { summaryEvent: { isPreview: false, resourceChanges: { create: 1 }, durationSeconds: 2 } },
  ],
  ["what the program printed", { diagnosticEvent: { message: secret, severity: "info" } }, {}],
  ["the configuration", { preludeEvent: { config: { "web:password": secret } } }, {}],
  ["a kind that is not known", { secretEvent: { message: secret } }, {}],
  [
    "a field that should be a word",
    { policyEvent: { ...of("x|local|0ab1"), message: { a: { b: secret } } } },
    { policyEvent: required },
  ],
])("of %s only what may leave is sent", (_, event, sent) => {
  expect(eventToSend({ sequence: 3, timestamp: 9, ...event }, packs, 0)).toEqual({
    sequence: 3,
    timestamp: 9,
    ...sent,
  });
});

test("no value of a resource's inputs or outputs is sent, wherever it is", () => {
  const leaf = fc.uuid().map((id) => `value-${id}`);
  const { properties } = fc.letrec((tie) => ({
    value: fc.oneof({ depthSize: "small" }, leaf, fc.array(tie("value"), { maxLength: 3 }), tie("properties")),
    properties: fc.dictionary(fc.string({ maxLength: 8 }), tie("value"), { maxKeys: 4 }),
  }));
  const event = fc.record({
    kind: fc.constantFrom(
      "resourcePreEvent",
      "resOutputsEvent",
      "resOpFailedEvent",
      "policyRemediationEvent",
      "policyEvent",
      "preludeEvent",
      "newerEvent",
    ),
    inputs: properties,
    outputs: properties,
  });
  fc.assert(
    fc.property(event, ({ kind, inputs, outputs }) => {
      const old = { urn, type: "a:b:C", id: "value-id", inputs, outputs };
      const metadata = {
        op: "update",
        urn,
        old,
        new: { ...old, inputs: outputs, outputs: inputs },
        res: old,
        diffs: ["value-path"],
      };
      const fields = { ...inputs, metadata, before: inputs, after: outputs, config: inputs, urn, resourceUrn: urn };
      const sent = JSON.stringify(eventToSend({ sequence: 1, timestamp: 1, ...outputs, [kind]: fields }, packs, 0));
      expect(sent).not.toContain("value-");
    }),
  );
});

test.each<[json: string, parsed: object | undefined]>([
  ['{"sequence":1}\n', { sequence: 1 }],
  ["", undefined],
  ["[]", undefined],
  ["null", undefined],
  ['{"sequence":', undefined],
])("%j is read", (json, parsed) => expect(parseEvent(json)).toEqual(parsed));

test("an event that can't be read has the number that it must have", () => {
  expect(eventToSend({}, packs, 7)).toEqual({ sequence: 7, timestamp: 0 });
});

test.each([
  [{ diagnosticEvent: { severity: "error" } }, true],
  [{ diagnosticEvent: { severity: "warning" } }, false],
  [{ policyEvent: { enforcementLevel: "mandatory" } }, true],
  [{ policyEvent: { enforcementLevel: "advisory" } }, false],
  [{ resOpFailedEvent: {} }, true],
])("%j: failure %s", (event, failed) => expect(isFailure(event)).toBe(failed));

test.each([
  [{ summaryEvent: { isPreview: true } }, true],
  [{ summaryEvent: {} }, false],
  [{ resourcePreEvent: { planning: true } }, true],
  [{ resourcePreEvent: {} }, false],
  [{ policyEvent: {} }, undefined],
])("%j: preview %s", (event, preview) => expect(isPreview(event)).toBe(preview));
