import { expect, test } from "vitest";
import { nameOfBackup, newestTime, surplus, unfinished, waitFor } from "./kept.ts";

const at = (hour: number) => new Date(Date.UTC(2026, 0, 2, hour, 4, 5));
const [one, two, three] = [1, 2, 3].map((hour) => nameOfBackup(at(hour))) as [string, string, string];
const OTHERS = [
  "mine.backup",
  `${two}.tmp`,
  `${one}.gz`,
  `copy-of-${three}`,
  "quillon-2026-99-99T99-99-99Z.backup",
  "notes",
];

test("a backup is named for its time", () => {
  expect(two).toBe("quillon-2026-01-02T02-04-05Z.backup");
  expect(newestTime([...OTHERS, one, three, two])).toBe(at(3).getTime());
  expect(newestTime(OTHERS)).toBeUndefined();
});

test.each([
  { keep: 3, gone: [] },
  { keep: 2, gone: [one] },
  { keep: 1, gone: [two, one] },
])("of three backups $keep are kept, the newest, and what is somebody's own stays", ({ keep, gone }) => {
  expect(surplus([...OTHERS, two, three, one], keep)).toEqual(gone);
});

test("what an interrupted backup has left is known by its name", () => {
  expect(unfinished([one, two, "mine.backup.tmp", ...OTHERS])).toEqual([`${two}.tmp`]);
});

const HOUR = 3_600_000;
test.each([
  { name: "there is none", newest: undefined, wait: 60 },
  { name: "the newest is old", newest: 1_000 * HOUR - 5 * HOUR, wait: 60 },
  { name: "the newest is young", newest: 1_000 * HOUR - HOUR / 4, wait: (HOUR * 3) / 4 },
  { name: "it is nearly time", newest: 1_000 * HOUR - HOUR + 5, wait: 60 },
  { name: "the clock was set back", newest: 2_000 * HOUR, wait: HOUR },
])("the next backup is due in $wait ms when $name", ({ newest, wait }) => {
  expect(waitFor({ now: 1_000 * HOUR, newest, everyMs: HOUR, leastMs: 60 })).toBe(wait);
});
