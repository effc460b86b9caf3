import { describe, expect, test } from "vitest";
import { recordedEvents, recordedPackFailure, recordedVersions } from "../testing/recorded-events.ts";
import { packFailures } from "./pack-failure.ts";

const load = { policyLoadEvent: {} };
const begun = { preludeEvent: {} };
const error = (message: string, urn?: string) => ({ diagnosticEvent: { severity: "error", message, urn } });
const printed = (message: string) => ({ diagnosticEvent: { severity: "info#err", message } });
const answered = (pack: string, resourceUrn: string) => ({
  policyAnalyzeSummaryEvent: { policyPackName: pack, resourceUrn },
});
const stackAnswered = (pack: string) => ({ policyAnalyzeStackSummaryEvent: { policyPackName: pack } });

const packs: { pack: string; tag: string | null }[] = [
  { pack: "pets", tag: "1.0.0" },
  { pack: "pets-2", tag: "1.0.0" },
];
/** Each as `pack stage`, with a question mark when it is only suspected. */
const failed = (events: unknown[], required = packs) =>
  packFailures(events, required).map(({ pack, stage, certain }) => `${pack} ${stage}${certain ? "" : "?"}`);

test.each<[string, unknown[], string[]]>([
  ["sent nothing", [], ["pets install?", "pets-2 install?"]],
  ["loads packs and says no more", [load, load], ["pets load?", "pets-2 load?"]],
  ["loads another pack, too, and says no more", [load, load, load], []],
  [
    "says which configuration is wrong",
    [load, error("validating policy config: pets 1.0.0  a: is required")],
    ["pets configure"],
  ],
  ["says which pack can't be configured", [load, error('configuring policy pack "pets-2": no')], ["pets-2 configure"]],
  ["says which pack can't start", [load, error('policy pack "pets-2" failed to start')], ["pets-2 load"]],
  ["names another version", [load, load, error("pets 1.0.0-beta is wrong")], ["pets load?", "pets-2 load?"]],
  [
    "prints the error of a pack",
    [load, printed("Program '/a/pulumi-analyzer-pets-2-v1.0.0' failed with an unhandled exception:"), printed("no")],
    ["pets-2 load"],
  ],
  [
    "prints what a pack that works prints",
    [load, printed("in /a/pulumi-analyzer-pets-v1.0.0/index.js")],
    ["pets load?", "pets-2 load?"],
  ],
  ["begins, and fails later", [load, begun, error("pets 1.0.0")], []],
  ["fails before it loads packs", [error("no plugin")], []],
  ["sent nonsense", [null, 1, "x", { diagnosticEvent: 7 }], []],
  [
    "has a policy that throws",
    [
      load,
      begun,
      error(
        "failed to run policy: Error validating resource with policy 'a' from policy pack 'pets-2@v1.0.0':\nno",
        "u",
      ),
    ],
    ["pets-2 run"],
  ],
  [
    "has a policy of another version that throws",
    [
      load,
      begun,
      error("failed to run policy: Error validating resource with policy 'a' from policy pack 'pets@v2.0.0':\nno", "u"),
    ],
    [],
  ],
  [
    "loses a pack",
    [
      load,
      begun,
      answered("pets", "u"),
      answered("pets-2", "v"),
      error("failed to run policy: error reading from server: EOF", "u"),
    ],
    ["pets-2 run"],
  ],
  [
    "loses a pack that is asked of the stack",
    [load, begun, stackAnswered("pets-2"), error("error reading from server: EOF")],
    ["pets run"],
  ],
  ["can't reach a cloud", [load, begun, error("error reading from server: EOF", "u")], []],
  [
    "has a violation",
    [load, begun, { policyEvent: { policyName: "a", policyPackName: "pets", message: "Exception" } }],
    [],
  ],
])("A run that %s", (_, events, expected) => {
  expect(failed(events)).toEqual(expected);
});

test("A pack that is the only one is certain, unless the run sent nothing", () => {
  const [only] = packs;
  expect(failed([load], only && [only])).toEqual(["pets load"]);
  expect(failed([], only && [only])).toEqual(["pets install?"]);
});

test("A version without a tag is named by any version", () => {
  const untagged = [
    { pack: "pets", tag: null },
    { pack: "other", tag: null },
  ];
  expect(failed([load, error("validating policy config: pets 0.0.1  a: is required")], untagged)).toEqual([
    "pets configure",
  ]);
});

test("A message has no control characters and a bounded length", () => {
  const [failure] = packFailures(
    [load, error(`configuring policy pack "pets": \u001b[31m\u0000${"🐕".repeat(5_000)}`)],
    packs,
  );
  expect(failure?.message).toMatch(/^configuring policy pack "pets": \[31m🐕+…$/u);
  expect(failure?.message.length).toBeLessThanOrEqual(2_001);
});

test("Hundreds of long messages that name each of a thousand packs are read in one go", () => {
  const many = Array.from({ length: 1_000 }, (_, index) => ({ pack: `pack${index}`, tag: "1.0.0" }));
  const message = many.map(({ pack }) => pack).join(" ");
  const messages = Array.from({ length: 499 }, () => error(`failed to run policy: ${message}`));
  expect(failed([load, ...messages], many)).toHaveLength(1_000);
  expect(failed([load, begun, ...messages], many)).toHaveLength(1_000);
});

test("A run whose first event is too large to be read has begun when it speaks of a resource", () => {
  expect(failed([load, null, { resourcePreEvent: {} }, error("no such bucket", "u")])).toEqual([]);
});

test("A diagnostic whose URN is no text is one of no resource that was answered for", () => {
  const event = { diagnosticEvent: { severity: "error", message: "failed to run policy: no", urn: { toString: 1 } } };
  expect(failed([load, begun, event])).toEqual(["pets run?", "pets-2 run?"]);
});

const SILENT = "The pack was not downloaded, installed or loaded. The run's events do not say why.";
const UNSENT = "The run failed before its first event, as it does when a pack can't be downloaded or installed.";

describe.each(recordedVersions)("what CLI %s sent", (version) => {
  const older = version === "3.200.0";
  test.each<[string, string | undefined, string | RegExp]>([
    ["download-404", older ? "load" : "install?", older ? SILENT : UNSENT],
    ["download-broken", older ? "load" : "install?", older ? SILENT : UNSENT],
    ["install-fails", older ? "load" : "install?", older ? SILENT : UNSENT],
    [
      "load-throws",
      "load",
      /unhandled exception:\nError: no settings here\nat .*pulumi-analyzer-load-throws-v1.0.0\/index.js:2:42\)$/,
    ],
    ["load-syntax", "load", /SyntaxError: Unexpected token '='$/],
    ["load-exits", "load", SILENT],
    ["py-load-throws", "load", /\nValueError: no settings here$/],
    ["configure-refused", "configure", "validating policy config: configure-refused 1.0.0  p: size is required"],
    [
      "policy-throws",
      "run",
      /^Error validating resource with policy 'p' from policy pack 'policy-throws@v1.0.0':\nError: cannot read size\n/,
    ],
    ["stack-throws", "run", /^Error validating resource with policy 'p' from .*\nError: cannot read stack\n/],
    ["policy-exits", "run", "error reading from server: EOF"],
    ["py-policy-throws", "run", "Exception calling application: cannot read size"],
    ["py-stack-throws", "run", "Exception calling application: cannot read stack"],
    ["py-policy-exits", "run", "error reading from server: EOF"],
    // The engine goes on.
    ["remediate-throws", undefined, ""],
  ])("%s", (run, stage, message) => {
    const failures = packFailures(recordedPackFailure(version, run), [{ pack: run, tag: "1.0.0" }]);
    if (stage === undefined) return expect(failures).toEqual([]);
    expect(failures).toEqual([
      {
        pack: run,
        stage: stage.replace("?", ""),
        certain: !stage.endsWith("?"),
        message: typeof message === "string" ? message : expect.stringMatching(message),
      },
    ]);
  });

  test("no violation is a failure of its pack", () => {
    for (const run of ["preview-violates", "up-violates", "up-resource-fails", "up-stack-violates"])
      expect(packFailures(recordedEvents(version, run), [{ pack: "pets", tag: "1.0.0" }])).toEqual([]);
  });
});
