import { expect, test } from "vitest";
import type { ScannedStack } from "./scanned.ts";
import { scanSentence, scanText } from "./text.ts";

const stack = (name: string, more: Partial<ScannedStack>): ScannedStack => ({
  ...{ project: "pets", stack: name, here: { project: "pets", stack: name }, status: "ok", updates: 0, known: 0 },
  ...{ withoutReceipt: [], incomplete: [] },
  ...more,
});
const time = "2030-01-01T10:00:00Z";
const update = { startedAt: time, endedAt: time, result: "succeeded" };
const run = { updateID: "u-1", startedAt: time, endedAt: time, outcome: "failed", receipt: "incomplete" };
const { here: _, ...unknown } = stack("new", { status: "unknown", updates: 1, withoutReceipt: [update] });
const stacks = [
  stack("dev", {
    status: "bypassed",
    updates: 2,
    known: 1,
    lastUpdate: time,
    withoutReceipt: [{ ...update, by: "Ada" }],
  }),
  unknown,
  stack("ok", { updates: 3, known: 3 }),
  stack("silent", {
    status: "incomplete",
    incomplete: [{ ...run, reasons: ["No report: not one event of the run came."] }],
  }),
  stack("torn", { status: "unreadable", problem: "unexpected end\nof JSON \u001b[31minput" }),
];

test("each stack is shown, and then what is wrong", () => {
  expect(scanText(stacks)).toBe(`\
STACK        STATUS                  UPDATES WITH RECEIPT  LAST UPDATE
pets/dev     update without receipt  1 of 2                2030-01-01T10:00:00Z
pets/new     never seen              0 of 1                -
pets/ok      ok                      3 of 3                -
pets/silent  receipt not complete    -                     -
pets/torn    can't be read           -                     -

Updates without a receipt:
STACK     STARTED               ENDED                 RESULT     BY   COMMIT
pets/dev  2030-01-01T10:00:00Z  2030-01-01T10:00:00Z  succeeded  Ada  -

Receipts that are not complete:
STACK        UPDATE  STARTED               OUTCOME  RECEIPT     WHY
pets/silent  u-1     2030-01-01T10:00:00Z  failed   incomplete  No report: not one event of the run came.

Stacks that can't be read:
STACK      WHY
pets/torn  unexpected end of JSON �[31minput
`);
  expect(scanSentence(stacks, "s3://b")).toBe(
    "In s3://b, 5 stacks: 1 ok, 1 receipt not complete, 1 update without receipt, 1 never seen, 1 can't be read.",
  );
});

const counts = { mandatory: 0, advisory: 0, accepted: 0, excepted: 0, remediated: 0, notEvaluated: 0, passed: 3 };
const result = {
  ...{ kind: "violated" as const, project: "pets", stack: "dev", pack: "names", version: "1.0.0", policy: "two-words" },
  ...{
    level: "mandatory",
    severity: "",
    urn: "urn:pulumi:dev::pets::a:b:C::rex",
    message: "It has 1.\nTwo are better.",
  },
};
const packs = ["names 1.0.0"];

test("with --check, what policies say of each is a column, and violations are listed that nothing excepts", () => {
  const excepted = { ...result, exceptions: [{ id: "e", reason: "r" }] };
  const checked = [
    stack("bad", {
      check: { packs, counts: { ...counts, mandatory: 1, notEvaluated: 2 }, results: [result, excepted] },
    }),
    stack("free", { check: { packs: [], counts, results: [] } }),
    stack("good", { check: { packs, counts, results: [] } }),
    stack("mine", { check: { packs: [], counts, results: [], stored: false, notStored: "You may only read it." } }),
    stack("odd", { check: { packs: [], results: [], problem: "It crashed." } }),
    stack("torn", { status: "unreadable", problem: "no" }),
  ];
  expect(scanText(checked)).toBe(`\
STACK      STATUS         UPDATES WITH RECEIPT  LAST UPDATE  POLICIES
pets/bad   ok             -                     -            1 mandatory, 2 not evaluated
pets/free  ok             -                     -            no pack must run
pets/good  ok             -                     -            passed
pets/mine  ok             -                     -            no pack must run
pets/odd   ok             -                     -            not checked
pets/torn  can't be read  -                     -            -

Violations in what is deployed:
STACK     LEVEL      POLICY                 RESOURCE  MESSAGE
pets/bad  mandatory  names@1.0.0 two-words  rex       It has 1. Two are better.

Stacks that can't be checked:
STACK     WHY
pets/odd  It crashed.

Results that the server has not stored:
STACK      WHY
pets/mine  You may only read it.

Stacks that can't be read:
STACK      WHY
pets/torn  no
`);
});

test("of very many updates of a stack the newest are shown", () => {
  const text = scanText([
    stack("dev", { status: "bypassed", withoutReceipt: Array.from({ length: 1000 }, () => update) }),
  ]);
  expect(text.split("\n")).toHaveLength(27);
  expect(text).toContain("pets/dev  and 980 more: --json has all\n");
});

test("an empty backend", () => {
  expect(scanText([])).toBe("");
  expect(scanSentence([], "s3://b")).toBe("There are no stacks in s3://b.");
});
