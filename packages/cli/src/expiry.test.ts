import { expect, test } from "vitest";
import { parseExpiry, parseHours, parseSince } from "./expiry.ts";

const now = new Date("2026-03-01T10:00:00Z");

test.each([
  ["12h", "2026-03-01T22:00:00Z"],
  ["90d", "2026-05-30T10:00:00Z"],
  ["1w", "2026-03-08T10:00:00Z"],
  ["2030-01-31", "2030-01-31T00:00:00Z"],
])("%s is %s", (text, wanted) => {
  expect(parseExpiry(text, now)).toBe(Date.parse(wanted) / 1000);
});

test.each(["", "90", "0d", "90days", "-1d", "2030-13-01", "2030-02-30", "tomorrow"])('"%s" is refused', (text) => {
  expect(() => parseExpiry(text, now)).toThrow("write 90d");
});

test.each([
  ["12h", "2026-02-28T22:00:00Z"],
  ["1w", "2026-02-22T10:00:00Z"],
  ["2025-01-31", "2025-01-31T00:00:00Z"],
])("since %s is since %s", (text, wanted) => {
  expect(parseSince("--since", text, now)).toBe(Date.parse(wanted) / 1000);
});

test.each([
  ["1h", 1],
  ["30d", 720],
  ["2w", 336],
])("%s is %i hours", (text, hours) => {
  expect(parseHours("--expires-in", text)).toBe(hours);
});

test.each(["", "30", "0d", "1.5h", "2030-01-31"])('"%s" is no length of time', (text) => {
  expect(() => parseHours("--expires-in", text)).toThrow("--expires-in can't be \"");
});
