import { gzipSync } from "node:zlib";
import { Ajv } from "ajv";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sarif } from "./sarif.ts";
import { sarifSchema } from "./sarif-schema.ts";
import { headOf, hostileResults, policyOf, resultOf, severalExceptions, textOf } from "./testing.ts";

const validate = new Ajv({ allErrors: true }).compile(sarifSchema);

async function logOf(...args: Parameters<typeof textOf> extends [unknown, ...infer Rest] ? Rest : never) {
  const log = JSON.parse(await textOf(sarif, ...args));
  validate(log);
  expect(validate.errors ?? []).toEqual([]);
  return log.runs[0];
}

describe("SARIF", () => {
  test("a violation is a result with its rule, a file and a fingerprint", async () => {
    const run = await logOf([resultOf()]);
    expect(run.automationDetails).toEqual({ id: "quillon/acme/web/dev/00000000-0000-4000-8000-000000000001" });
    expect(run.tool.driver.rules).toMatchObject([
      {
        id: "pets/length",
        shortDescription: { text: "A pet has a long name." },
        properties: { tags: ["policy", "security"], "security-severity": "8.0" },
      },
    ]);
    expect(run.results).toMatchObject([
      {
        ruleId: "pets/length",
        ruleIndex: 0,
        level: "error",
        message: { text: "The name is short." },
        locations: [
          {
            physicalLocation: { artifactLocation: { uri: "infra/web/Pulumi.yaml" }, region: { startLine: 1 } },
            logicalLocations: [{ name: "rex", fullyQualifiedName: resultOf().urn, kind: "resource" }],
          },
        ],
        properties: { packVersion: "1.0.0" },
      },
    ]);
    expect(run.invocations[0]).toMatchObject({ executionSuccessful: true, toolExecutionNotifications: [] });
  });

  test.each([
    ["https://pets.example/names", { helpUri: "https://pets.example/names" }],
    ["javascript:alert(1)", {}],
    ["no address", {}],
  ])("a rule says how to fix it, with the page %s", async (url, expected) => {
    const policies = [policyOf("length", { remediationSteps: "Set length to 2.", url })];
    const [rule] = (await logOf([resultOf()], headOf([resultOf()], policies))).tool.driver.rules;
    expect(rule.help.text).toContain(`\n\nHow to fix it: Set length to 2.\n\nMore: ${url}`);
    expect({ helpUri: rule.helpUri }).toEqual(expected);
  });

  test.each([
    [{ level: "mandatory" }, { level: "error" }],
    [{ level: "advisory" }, { level: "warning" }],
    [{ level: "other" }, { level: "note" }],
    [{ urn: "", message: "" }, { message: { text: "The policy length is violated." } }],
  ])("a violation with %j has %j", async (given, expected) => {
    expect((await logOf([resultOf(given)])).results).toMatchObject([expected]);
  });

  test.each([
    ["critical", "9.5"],
    ["high", "8.0"],
    ["medium", "5.5"],
    ["low", "2.0"],
    ["", undefined],
    ["odd", undefined],
  ])("the severity %j is the security-severity %j", async (severity, score) => {
    const results = [resultOf({ severity })];
    const [rule] = (await logOf(results, headOf(results, [policyOf("length", { severity })]))).tool.driver.rules;
    expect(rule.properties["security-severity"]).toBe(score);
    expect(rule.properties.tags.includes("security")).toBe(score !== undefined);
  });

  test("the fingerprint is of the policy and the URN alone", async () => {
    const hashOf = async (result: Parameters<typeof resultOf>[0]) =>
      (await logOf([resultOf(result)])).results[0].partialFingerprints.primaryLocationLineHash;
    const same = await hashOf({});
    expect(same).toMatch(/^[0-9a-f]{64}$/);
    expect(await hashOf({ version: "2.0.0", level: "advisory", message: "other", severity: "" })).toBe(same);
    for (const other of [{ urn: "x" }, { policy: "x" }, { pack: "x" }]) expect(await hashOf(other)).not.toBe(same);
  });

  test("an ignored finding is suppressed, with its reason", async () => {
    const finding = { id: "1", status: "ignored", reason: "small", firstSeenAt: "", lastSeenAt: "" };
    const { results } = await logOf([resultOf({ finding })]);
    expect(results).toMatchObject([
      { suppressions: [{ kind: "external", status: "accepted", justification: "small" }] },
    ]);
  });

  test("an excepted violation is suppressed, with the exceptions, whatever else is said of it", async () => {
    const finding = { id: "1", status: "excepted", reason: "small", firstSeenAt: "", lastSeenAt: "" };
    const excepted = resultOf({ exceptions: severalExceptions, finding });
    const { results, tool } = await logOf([excepted, resultOf({ policy: "prefix", exceptions: [] })]);
    expect(results).toMatchObject([
      {
        ruleIndex: 0,
        level: "error",
        suppressions: [
          {
            kind: "external",
            status: "accepted",
            justification: "EXC-1: Replaced in March. (until 2030-03-31T00:00:00Z); local",
          },
        ],
        properties: { exceptions: severalExceptions },
      },
      { ruleIndex: 1, suppressions: [{ kind: "external", status: "accepted" }] },
    ]);
    expect(results[1].suppressions[0]).not.toHaveProperty("justification");
    expect(tool.driver.rules).toHaveLength(2);
  });

  test("remediations are no results, and what was not evaluated is told", async () => {
    const run = await logOf([resultOf({ kind: "remediated", level: "" }), resultOf({ kind: "not-evaluated" })]);
    expect(run.results).toEqual([]);
    expect(run.invocations[0].toolExecutionNotifications).toMatchObject([{ level: "note" }]);
  });

  test("of more than 25,000 violations the first are written, and how many are not", async () => {
    const many = Array.from({ length: 25_010 }, (_, n) => resultOf({ urn: `urn:pulumi:dev::web::a:b:C::n${n}` }));
    const run = await logOf(many);
    expect(run.results).toHaveLength(25_000);
    const [{ message }] = run.invocations[0].toolExecutionNotifications;
    expect(message.text).toMatch(/^10 of 25010 violations are not in this file/);
  });

  test("a file has at most 10 MB after gzip", async () => {
    let seed = 1;
    const noise = () => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return seed.toString(36);
    };
    const many = Array.from({ length: 2_000 }, () =>
      resultOf({ message: Array.from({ length: 2_000 }, noise).join("") }),
    );
    const text = await textOf(sarif, many);
    expect(gzipSync(text).length).toBeLessThanOrEqual(10_000_000);
    expect(gzipSync(text).length).toBeGreaterThan(9_000_000);
    expect(JSON.parse(text).runs[0].invocations[0].toolExecutionNotifications[0].message.text).toMatch(/of 2000 viol/);
  });

  test("no text of others is a link", async () => {
    const link = "[Fixed here](https://evil.example)";
    const { results, tool } = await logOf(
      [resultOf({ message: link }), resultOf({ policy: link, message: "" })],
      headOf([resultOf()], [policyOf("length", { description: link.repeat(40), mandatory: 1 })]),
    );
    expect(results[0].message.text).toBe("[Fixed here]\u200b(https://evil.example)");
    const texts = [...results, ...tool.driver.rules].map(({ message, help }) => (message ?? help).text);
    expect(texts.join()).not.toContain("](");
    expect(tool.driver.rules[0].fullDescription.text).not.toContain("](");
  });

  test("hostile texts are only texts", async () => {
    await fc.assert(
      fc.asyncProperty(hostileResults, async (results) => {
        const run = await logOf(results);
        expect(run.results.length).toBe(results.filter(({ kind }) => kind === "violated").length);
      }),
    );
  });
});
