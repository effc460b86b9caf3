import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { expect, test } from "vitest";
import { csv } from "./csv.ts";
import { hostileResults, resultOf, severalExceptions, textOf } from "./testing.ts";

test("a result is a line under the names of the columns", async () => {
  const finding = { id: "7", status: "open", firstSeenAt: "2030-01-01T00:00:00Z", lastSeenAt: "2030-01-02T00:00:00Z" };
  const [row] = parse(await textOf(csv, [resultOf({ finding })]), { columns: true });
  expect(row).toEqual({
    kind: "violated",
    level: "mandatory",
    severity: "high",
    policyPack: "pets",
    policyPackTag: "1.0.0",
    policyName: "length",
    entityProject: "web",
    entityId: "dev",
    resourceType: "random:index/randomPet:RandomPet",
    resourceName: "rex",
    resourceURN: resultOf().urn,
    message: "The name is short.",
    id: "7",
    status: "open",
    firstSeenAt: "2030-01-01T00:00:00Z",
    lastSeenAt: "2030-01-02T00:00:00Z",
    exceptions: "",
    comment: "",
    reason: "",
  });
});

test("an ignored finding has the reason", async () => {
  const finding = { id: "7", status: "ignored", reason: "A test", firstSeenAt: "", lastSeenAt: "" };
  const [row] = parse(await textOf(csv, [resultOf({ finding })]), { columns: true });
  expect(row).toMatchObject({ status: "ignored", reason: "A test" });
});

test("an excepted violation has its exceptions, or at least the word", async () => {
  const results = [resultOf({ exceptions: severalExceptions }), resultOf({ exceptions: [] })];
  const rows: { exceptions: string }[] = parse(await textOf(csv, results), { columns: true });
  expect(rows.map(({ exceptions }) => exceptions)).toEqual([
    "EXC-1: Replaced in March. (until 2030-03-31T00:00:00Z); local",
    "excepted",
  ]);
});

/** What UTF-8 can't have. */
const UNPAIRED = /\p{Surrogate}/gu;

test("hostile texts stay in their cell, and none is a formula", async () => {
  await fc.assert(
    fc.asyncProperty(hostileResults, async (results) => {
      const rows: Record<string, string>[] = parse(await textOf(csv, results), { columns: true });
      expect(rows.map(({ message }) => message)).toEqual(
        results.map(({ message }) =>
          (/^[=+\-@\t\r\n]/.test(message) ? `'${message}` : message).replace(UNPAIRED, "\u{FFFD}"),
        ),
      );
      for (const cell of rows.flatMap((row) => Object.values(row))) expect(cell).not.toMatch(/^[=+\-@\t\r\n]/);
    }),
  );
});
