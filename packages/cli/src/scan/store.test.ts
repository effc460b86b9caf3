import type { Report, ReportedResult } from "@quillon/contract";
import { ApiError, type Client } from "@quillon/contract/client";
import { expect, test } from "vitest";
import { checkedOf, storeCheck } from "./store.ts";

const none = { mandatory: 0, advisory: 0, accepted: 0, excepted: 0, remediated: 0, notEvaluated: 0, passed: 0 };
const result: ReportedResult = {
  ...{ kind: "violated", project: "pets", stack: "dev", pack: "names", version: "1.0.0", policy: "two-words" },
  ...{ level: "mandatory", severity: "high", urn: "urn:pulumi:dev::pets::a:b:C::rex", message: "Too short." },
};

function reportOf(results: ReportedResult[]): Report {
  const policies = [{ ...none, name: "two-words", description: "d", severity: "high", mandatory: results.length }];
  const packs = [{ name: "names", version: "1.0.0", required: true, policies }];
  return { organization: "", counts: { ...none, mandatory: results.length }, leftOut: 0, packs, results };
}

test("what leaves the machine is what packs say, of which URN, and how often", () => {
  const { accepted: _, ...counts } = none;
  const { project: __, stack: ___, ...said } = result;
  expect(checkedOf(reportOf([result]))).toEqual({
    packs: [
      {
        ...{ name: "names", version: "1.0.0" },
        policies: [{ ...counts, name: "two-words", description: "d", severity: "high", mandatory: 1 }],
      },
    ],
    results: [said],
    leftOut: 0,
  });
});

test.each([
  ["many results", 1200, "m", 1000],
  ["results with very long messages", 300, "ü".repeat(10_000), 48],
])("of %s the first are sent, and the others counted", (_, count, message, most) => {
  const { results, leftOut } = checkedOf(reportOf(Array.from({ length: count }, () => ({ ...result, message }))));
  expect({ sent: results.length, leftOut }).toEqual({ sent: most, leftOut: count - most });
  expect(results[0]?.message.length).toBeLessThanOrEqual(4000);
});

test("a NUL in a message is replaced, because no text of the server can have one", () => {
  expect(checkedOf(reportOf([{ ...result, message: "a\0b" }])).results[0]?.message).toBe("a\ufffdb");
});

const known = { project: "pets", stack: "dev", here: { project: "pets", stack: "dev-2" }, since: "" };
const serverThat = (call: (...request: unknown[]) => Promise<unknown>) => ({
  ...{ client: { call } as unknown as Client, orgName: "acme" },
});

test("it is stored for the stack's name in Quillon", async () => {
  const asked: unknown[] = [];
  const server = serverThat(async (...request) => void asked.push(request));
  expect(await storeCheck(server, known, reportOf([]))).toBe(undefined);
  const params = { orgName: "acme", projectName: "pets", stackName: "dev-2" };
  expect(asked).toMatchObject([[expect.stringMatching(/^PUT .*\/check$/), { params, body: { results: [] } }]]);
});

test("who may only read is told so, and the scan goes on; without a server it ends", async () => {
  const failing = (error: Error) =>
    storeCheck(
      serverThat(() => Promise.reject(error)),
      known,
      reportOf([]),
    );
  expect(await failing(new ApiError(403, "forbidden", "You may only read it."))).toBe("You may only read it.");
  await expect(failing(new ApiError(401, "unauthorized", "No."))).rejects.toThrow("No.");
  await expect(failing(new TypeError("fetch failed"))).rejects.toThrow("fetch failed");
});
