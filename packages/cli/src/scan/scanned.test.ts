import { expect, test } from "vitest";
import { isIncomplete, statusOf } from "./scanned.ts";

const DAY = 86_400_000;
const now = 1000 * DAY;
const run = (receipt: string | undefined, days: number | undefined) => ({
  ...{ id: "u", start: 0, status: "succeeded", receipt, end: days === undefined ? undefined : now - days * DAY },
});

test.each<[receipt: string | undefined, days: number | undefined, incomplete: boolean]>([
  ["complete", 1, false],
  ["not-applicable", 1, false],
  ["incomplete", 1, true],
  ["missing", 1, true],
  [undefined, 1, true],
  [undefined, undefined, false],
  ["incomplete", 500, true],
  [undefined, 500, false],
])("a receipt that is %s of a run that ended %s days ago", (receipt, days, incomplete) => {
  expect(isIncomplete(run(receipt, days), now)).toBe(incomplete);
});

const update = { startedAt: "", endedAt: "", result: "succeeded" };
const told = { updateID: "", startedAt: "", outcome: "failed", receipt: "missing", reasons: [] };
test.each([
  [[], [], "ok"],
  [[], [told], "incomplete"],
  [[update], [], "bypassed"],
  [[update], [told], "bypassed"],
] as const)("the worst is said first", (withoutReceipt, incomplete, status) => {
  expect(
    statusOf({ withoutReceipt: [...withoutReceipt], incomplete: incomplete.map((one) => ({ ...one, reasons: [] })) }),
  ).toBe(status);
});
