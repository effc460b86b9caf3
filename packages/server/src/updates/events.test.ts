import { describe, expect, test } from "vitest";
import { pageOf, summarize } from "./events.ts";

describe("a page of events", () => {
  test.each<
    [name: string, sequences: number[], at: Parameters<typeof pageOf>[1], page: [shown: number[], next: number | null]]
  >([
    ["of an update that has ended", [0, 1, 2], { from: 0, full: false, open: false }, [[0, 1, 2], null]],
    ["that is not the last", [0, 1, 2], { from: 0, full: true, open: false }, [[0, 1, 2], 3]],
    ["while more may come", [0, 1, 2], { from: 0, full: false, open: true }, [[0, 1, 2], 3]],
    ["with a gap whose event may still come", [0, 1, 3], { from: 0, full: false, open: true }, [[0, 1], 2]],
    ["with a gap at its start", [5, 6], { from: 4, full: true, open: true }, [[], 4]],
    ["with a gap, after the update has ended", [0, 3], { from: 0, full: false, open: false }, [[0, 3], null]],
    ["before anything came", [], { from: 0, full: false, open: true }, [[], 0]],
    ["after the last, while more may come", [], { from: 7, full: false, open: true }, [[], 7]],
    ["after the last", [], { from: 7, full: false, open: false }, [[], null]],
  ])("%s", (_, sequences, at, [shown, next]) => {
    const events = (of: number[]) => of.map((sequence) => ({ sequence }));
    expect(pageOf(events(sequences), at)).toEqual({ events: events(shown), next });
  });
});

describe("what an update changed", () => {
  const summary = (summaryEvent: unknown) => [{ sequence: 0 }, { sequence: 1, summaryEvent }];
  test.each<[name: string, events: { sequence: number; summaryEvent?: unknown }[], changes: object | undefined]>([
    [
      "is in its summary",
      summary({ isPreview: false, resourceChanges: { create: 2, same: 1 } }),
      { create: 2, same: 1 },
    ],
    ["is not in the summary of a preview", summary({ isPreview: true, resourceChanges: { create: 2 } }), undefined],
    ["is unknown without a summary", [{ sequence: 0 }], undefined],
    ["may be nothing", summary({ isPreview: false, resourceChanges: {} }), {}],
    ["is unknown when the summary has none", summary({ isPreview: false }), undefined],
    [
      "is counted in whole numbers",
      summary({ isPreview: false, resourceChanges: { create: "2", same: 1.5, update: 3 } }),
      { update: 3 },
    ],
    ["is unknown when the summary is not an object", summary("?"), undefined],
    ["is unknown when the summary is null", summary(null), undefined],
  ])("%s", (_, events, changes) => {
    expect(summarize(events)).toEqual(changes);
  });
});
