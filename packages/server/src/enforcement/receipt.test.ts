import { expect, test } from "vitest";
import { judge, type Run } from "./receipt.ts";

const pets = { pack: "pets", analysed: 3, stackAnalysed: true, unanalysed: 0, first: [] };
const cars = { ...pets, pack: "cars" };
const silent = { pack: "cars", analysed: 0, stackAnalysed: false, unanalysed: 2, first: ["a", "b"] };

const whole: Run = {
  kind: "update",
  outcome: "succeeded",
  runsProgram: false,
  packs: [pets, cars],
  expected: 2,
  onlyImported: false,
  events: { missing: 0, ended: true },
  savedState: true,
};
const early = {
  packs: [{ ...silent, unanalysed: 0, first: [] }],
  expected: 0,
  events: { missing: 0, ended: false },
  savedState: false,
};
const noEnd = "The event with which a run ends never came.";

test.each<[what: string, run: Partial<Run>, status: string, reasons?: string[]]>([
  ["each pack analysed each resource", {}, "complete"],
  ["a preview", { kind: "preview", savedState: false }, "complete"],
  [
    "states that can't be compared",
    { statesUnknown: true },
    "incomplete",
    ["Its state and the one before it could not be compared."],
  ],
  [
    "a run from a file that has less than is required now",
    { outdated: ["Policy pack b is required now."] },
    "incomplete",
    ["Policy pack b is required now."],
  ],
  [
    "a run from a file that asks for nothing, when something is required now",
    { packs: [], outdated: ["Policy pack b is required now."] },
    "incomplete",
    ["Policy pack b is required now."],
  ],
  [
    "a run by --break-glass",
    { packs: [silent], breakGlass: "Fire." },
    "missing",
    ["It ran without what it must run (--break-glass): Fire.", "Pack cars analysed nothing."],
  ],
  [
    "a run by --break-glass, for a reason that ends without a full stop",
    { packs: [silent], breakGlass: "Fire" },
    "missing",
    ["It ran without what it must run (--break-glass): Fire.", "Pack cars analysed nothing."],
  ],
  [
    "a run by --break-glass, when nothing is required",
    { packs: [], breakGlass: "Fire." },
    "incomplete",
    ["It ran without what it must run (--break-glass): Fire."],
  ],
  ["a destroy that runs its program", { kind: "destroy", runsProgram: true }, "complete"],
  ["a run that failed after its resources were analysed", { outcome: "failed" }, "complete"],
  [
    "a run that a policy made fail",
    { outcome: "failed", failed: { packs: ["pets"], certain: true } },
    "incomplete",
    ["Pack pets failed while the run went on, so what it was asked last was not analysed."],
  ],
  [
    "a run that a policy made fail, of one of two packs",
    { outcome: "failed", failed: { packs: ["pets", "cars"], certain: false } },
    "incomplete",
    ["A policy failed while the run went on, of pack pets or cars, so what it was asked last was not analysed."],
  ],
  [
    "a run that a policy made fail with the first resource",
    { ...early, outcome: "failed", failed: { packs: ["cars"], certain: true }, events: { missing: 0, ended: true } },
    "incomplete",
    ["Pack cars failed while the run went on, so what it was asked last was not analysed."],
  ],
  [
    "a failed run, whose stack policies are not asked",
    { outcome: "failed", packs: [{ ...pets, stackAnalysed: false }] },
    "complete",
  ],
  ["a program without resources", { expected: 0, packs: [{ ...pets, analysed: 0 }] }, "complete"],
  ["a destroy", { kind: "destroy" }, "not-applicable", ["Policies are not asked in a run of kind destroy."]],
  [
    "a refresh",
    { kind: "refresh", packs: [silent] },
    "not-applicable",
    ["Policies are not asked in a run of kind refresh."],
  ],
  ["no pack is required", { packs: [] }, "not-applicable", ["No pack had to run."]],
  [
    "an import of resources",
    { onlyImported: true, packs: [silent] },
    "not-applicable",
    ["It only imported resources, and policies are not asked then."],
  ],
  [
    "of a stack elsewhere, a run that failed before its program registered a resource",
    { ...early, outcome: "failed", elsewhere: { received: 3 }, events: { missing: 0, ended: true } },
    "not-applicable",
    ["It failed before its program registered a resource."],
  ],
  [
    "of a stack elsewhere, a failed run whose events ended early",
    { ...early, outcome: "failed", elsewhere: { received: 3 } },
    "incomplete",
    [noEnd],
  ],
  [
    "of a stack elsewhere, a run that sent nothing",
    { ...early, outcome: "succeeded", elsewhere: { received: 0 } },
    "incomplete",
    ["No report: not one event of the run came.", "Pack cars analysed nothing."],
  ],
  [
    "of a stack elsewhere, a run that was cancelled before it began",
    { ...early, outcome: "cancelled", elsewhere: { received: 0 } },
    "not-applicable",
    ["It was cancelled before it began."],
  ],
  [
    "of a stack elsewhere, a run that was not heard of any more",
    { ...early, outcome: "expired", elsewhere: { received: 0 } },
    "incomplete",
    ["No report: not one event of the run came."],
  ],
  [
    "a run that failed before its program registered a resource",
    { ...early, outcome: "failed" },
    "not-applicable",
    ["It failed before its program registered a resource."],
  ],
  [
    "the same, with its last event",
    { ...early, outcome: "failed", events: whole.events },
    "not-applicable",
    ["It failed before its program registered a resource."],
  ],
  ["the same, but it was cancelled", { ...early, outcome: "cancelled" }, "incomplete", [noEnd]],
  ["the same, but its client was not heard of any more", { ...early, outcome: "expired" }, "incomplete", [noEnd]],
  ["the same, but it stored a state", { ...early, outcome: "failed", savedState: true }, "incomplete", [noEnd]],
  [
    "the same, but events are missing",
    { ...early, outcome: "failed", events: { missing: 2, ended: false } },
    "incomplete",
    ["2 events of the run never came.", noEnd],
  ],
  [
    "the same, but it says that it succeeded",
    { ...early, outcome: "succeeded" },
    "incomplete",
    [noEnd, "Pack cars analysed nothing."],
  ],
  ["a pack that analysed nothing", { packs: [pets, silent] }, "missing", ["Pack cars analysed nothing."]],
  [
    "a pack that analysed nothing in a program without resources",
    { expected: 0, packs: [silent] },
    "missing",
    ["Pack cars analysed nothing."],
  ],
  [
    "a pack that analysed nothing, where events are missing",
    { packs: [silent], events: { missing: 1, ended: true } },
    "incomplete",
    ["1 event of the run never came.", "Pack cars analysed nothing."],
  ],
  [
    "a resource that a pack did not analyse",
    { packs: [{ ...pets, unanalysed: 1, first: ["a"] }, cars] },
    "incomplete",
    ["Pack pets did not analyse 1 of 2 resources: a."],
  ],
  [
    "more resources than are named",
    { expected: 30, packs: [{ ...pets, unanalysed: 21, first: ["a", "b"] }] },
    "incomplete",
    ["Pack pets did not analyse 21 of 30 resources: a, b, and others."],
  ],
  [
    "a run that succeeded without asking the stack policies of a pack",
    { packs: [pets, { ...cars, stackAnalysed: false }] },
    "incomplete",
    ["The stack policies of pack cars were not asked."],
  ],
  [
    "resources whose state was changed, and of which no event speaks",
    { changed: { count: 2, first: ["a", "b"] } },
    "incomplete",
    ["The state of 2 resources was changed, and not every pack analysed them: a, b."],
  ],
  ["a state whose changes were all analysed", { changed: { count: 0, first: [] } }, "complete"],
  ["no last event", { outcome: "expired", events: { missing: 0, ended: false } }, "incomplete", [noEnd]],
])("%s", (_, run, status, reasons = []) => {
  expect(judge({ ...whole, ...run })).toEqual({ status, reasons });
});
