import { expect, test } from "vitest";
import type { HistoryUpdate } from "./history.ts";
import { type KnownRun, TOLERANCE_MS, withoutRun } from "./match.ts";

const SECOND = 1000;
/** In seconds. An update is named for its beginning. */
const update = (start: number, end: number, more: Partial<HistoryUpdate> = {}): HistoryUpdate => ({
  ...{ start: start * SECOND, end: end * SECOND, result: "succeeded" },
  ...more,
});
const run = (start: number, end: number | undefined, more: Partial<KnownRun> = {}): KnownRun => ({
  ...{ id: `${start}`, start: start * SECOND, end: end === undefined ? undefined : end * SECOND },
  ...{ status: "succeeded", receipt: "complete" },
  ...more,
});
const far = TOLERANCE_MS / SECOND + 1;

test.each<[what: string, updates: HistoryUpdate[], runs: KnownRun[], left: number[]]>([
  ["nothing", [], [], []],
  ["an update inside a run", [update(10, 20)], [run(5, 21)], []],
  ["an update without any run", [update(10, 20)], [], [10]],
  ["a run without an update", [], [run(5, 21)], []],
  ["an update on a clock that is late", [update(70, 80)], [run(5, 21)], []],
  ["an update after a run", [update(21 + far, 100)], [run(5, 21)], [21 + far]],
  ["an update before a run", [update(1000 - 20 - far, 1000 - far)], [run(1000, 1020)], [1000 - 20 - far]],
  ["a run that goes on", [update(10, 20)], [run(5, undefined)], []],
  [
    "a run that was not heard of any more",
    [update(10, 20)],
    [run(5, 305, { status: "failed", receipt: "incomplete" })],
    [],
  ],
  ["an update after a run of its own", [update(30, 35), update(10, 20)], [run(9, 21)], [30]],
  ["one before, too", [update(10, 20), update(4, 6)], [run(9, 21)], [4]],
  ["one while somebody was asked to confirm", [update(10, 12), update(300, 310)], [run(9, 311)], [10]],
  [
    "one in the lease of a run that was not heard of",
    [update(10, 20), update(200, 290)],
    [run(5, 305, { status: "failed", receipt: "incomplete" })],
    [200],
  ],
  ["two runs and three updates", [update(10, 20), update(30, 40), update(50, 60)], [run(9, 21), run(49, 61)], [30]],
  ["each update has its run, whatever the order", [update(50, 60), update(10, 20)], [run(9, 21), run(49, 61)], []],
  [
    "a run that was cancelled before it began",
    [update(10, 20)],
    [run(5, 21, { status: "cancelled", receipt: "not-applicable" })],
    [10],
  ],
  [
    "a run that was cancelled while it ran",
    [update(10, 20)],
    [run(5, 21, { status: "cancelled", receipt: "incomplete" })],
    [],
  ],
  ["a run that must run no pack", [update(10, 20)], [run(5, 21, { receipt: "not-applicable" })], []],
  [
    "a run that says otherwise of the resources",
    [update(10, 20, { changes: { create: 1 } })],
    [run(5, 21, { changes: { same: 1 } })],
    [10],
  ],
  [
    "one that says the same",
    [update(10, 20, { changes: { create: 1 } })],
    [run(5, 21, { changes: { create: 1, same: 0 } })],
    [],
  ],
  ["one that says nothing of them", [update(10, 20, { changes: { create: 1 } })], [run(5, 21)], []],
])("%s", (_, updates, runs, left) => {
  expect(withoutRun(updates, runs)).toEqual(updates.filter(({ start }) => left.includes(start / SECOND)));
  expect(withoutRun([...updates].reverse(), [...runs].reverse())).toHaveLength(left.length);
});

test("of ten thousand updates the one is found that has no run", () => {
  const updates = Array.from({ length: 10_000 }, (_, at) => update(at * 20, at * 20 + 5));
  const runs = updates.flatMap(({ start, end }, at) => (at === 5000 ? [] : [run(start / SECOND, end / SECOND)]));
  expect(withoutRun(updates, runs)).toEqual([updates[5000]]);
});
