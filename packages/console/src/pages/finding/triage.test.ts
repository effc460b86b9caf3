import { describe, expect, test } from "vitest";
import { changesOf, type Said, saidOf } from "./triage.ts";

const open: Said = { status: "open", priority: "p3", assignedTo: "", reason: "", until: "", comment: "" };
const ignored: Said = { ...open, status: "ignored", reason: "A test", until: "2030-01-31" };
const end = new Date("2030-01-31T23:59:59").toISOString();

describe("what the form sends", () => {
  test.each<[string, Said, Partial<Said>, object | undefined]>([
    ["nothing, when nothing is changed", open, {}, undefined],
    ["nothing, for a reason that no status needs", open, { reason: "A test" }, undefined],
    ["a status", open, { status: "in_progress" }, { status: "in_progress" }],
    ["a status with its reason and end", open, ignored, { status: "ignored", reason: "A test", expiresAt: end }],
    [
      "no end that was not chosen",
      open,
      { ...ignored, until: "" },
      { status: "ignored", reason: "A test", expiresAt: "" },
    ],
    ["all of it for another reason", ignored, { reason: "B" }, { status: "ignored", reason: "B", expiresAt: end }],
    ["a priority without what stays", ignored, { priority: "p0" }, { priority: "p0" }],
    ["no reason with what needs none", ignored, { status: "open" }, { status: "open" }],
    ["an owner", open, { assignedTo: "ann" }, { assignedTo: "ann" }],
    ["a comment", open, { comment: "Seen." }, { comment: "Seen." }],
    ["no comment any more", { ...open, comment: "Seen." }, { comment: "" }, { comment: "" }],
    ["nobody", { ...open, assignedTo: "ann" }, { assignedTo: "" }, { assignedTo: "" }],
  ])("is %s", (_, before, change, sent) => {
    expect(changesOf(before, { ...before, ...change })).toEqual(sent);
  });
});

test.each([
  ["fixed", "open"],
  ["excepted", "open"],
  ["in_progress", "in_progress"],
  ["by_design", "by_design"],
])("a finding that is %s is %s in the form, where only what people can say is chosen", (status, shown) => {
  const finding = { status, priority: "p3", expiresAt: new Date("2030-01-31T23:59:59").toISOString() };
  expect(saidOf(finding as never)).toMatchObject({ status: shown, until: "2030-01-31", assignedTo: "" });
});

test("a time that a day begins with is the end of the day before", () => {
  const finding = { status: "ignored", priority: "p3", expiresAt: new Date("2030-02-01T00:00:00").toISOString() };
  expect(saidOf(finding as never)).toMatchObject({ until: "2030-01-31" });
});
