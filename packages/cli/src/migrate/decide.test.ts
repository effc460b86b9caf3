import { expect, test } from "vitest";
import { decide, type Situation, type Status, secretsFrom } from "./decide.ts";
import { isFrom, type Mark, readMark, writeMark } from "./mark.ts";

const [old, now] = ["a".repeat(64), "b".repeat(64)];
const from = "https://api.example.com old/web/prod";
const moved: Mark = { step: "moved", version: 3, digest: old, from };
const begun: Mark = { step: "begun", version: 3, digest: "", from };
const other: Mark = { ...moved, from: "https://api.example.com old/web/dev" };
const idle = { from, digest: old, isBusy: false, secrets: "none" as const };

test.each<[what: string, status: Status, situation: Partial<Situation>]>([
  ["it is not in Quillon", "move", {}],
  ["it is being updated there", "busy", { isBusy: true }],
  ["its secrets can't be opened", "closed", { secrets: "closed" }],
  ["another stack has its name", "taken", { here: { version: 0, isBusy: false } }],
  ["another stack was moved to its name", "taken", { here: { version: 3, isBusy: false, mark: other } }],
  ["it was made, and no more", "move", { here: { version: 3, isBusy: false, mark: begun } }],
  ["its state was stored, and that was not noted", "move", { here: { version: 4, isBusy: false, mark: begun } }],
  ["it was begun, and is used in Quillon", "taken", { here: { version: 5, isBusy: false, mark: begun } }],
  ["it was begun, and is updated there", "busy", { isBusy: true, here: { version: 3, isBusy: false, mark: begun } }],
  ["it was moved", "moved", { here: { version: 3, isBusy: false, mark: moved } }],
  ["it was moved, and updated in Quillon", "moved", { here: { version: 9, isBusy: true, mark: moved } }],
  ["it was moved, and updated there", "again", { digest: now, here: { version: 3, isBusy: false, mark: moved } }],
  ["the same, while it is updated here", "busy", { digest: now, here: { version: 3, isBusy: true, mark: moved } }],
  [
    "it was moved, and updated on both sides",
    "diverged",
    { digest: now, here: { version: 4, isBusy: false, mark: moved } },
  ],
])("%s: %s", (_, status, situation) => {
  expect(decide({ ...idle, ...situation })).toBe(status);
});

test.each([
  ["service", undefined, 0, "none"],
  ["service", "service", 0, "none"],
  ["service", "service", 1, "anew"],
  ["service", "awskms", 1, "kept"],
  ["backend", "passphrase", 0, "kept"],
  ["backend", "service", 1, "closed"],
  ["backend", undefined, 1, "closed"],
] as const)("from a %s, encrypted by %s, %i secrets: %s", (kind, type, many, secrets) => {
  expect(secretsFrom(kind, { ...(type && { provider: { type } }), ciphertexts: Array(many).fill("c") })).toBe(secrets);
});

test.each([moved, begun])("a mark is read as it was written: $step", (mark) => {
  expect(readMark(writeMark(mark))).toEqual(mark);
});

test.each([undefined, "", "moved", "moved x - y", "gone 1 - y", `moved 1 ${"a".repeat(63)} y`])(
  "no mark: %s",
  (text) => {
    expect(readMark(text)).toBeUndefined();
  },
);

test("a mark with a long name is as long as a tag may be, and is known again", () => {
  const from = `https://${"x".repeat(300)} old/web/prod`;
  const text = writeMark({ ...moved, from });
  expect(text).toHaveLength(256);
  const mark = readMark(text) as Mark;
  expect([isFrom(mark, from), isFrom(mark, "https://x old/web/prod")]).toEqual([true, false]);
});
