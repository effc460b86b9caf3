import { expect, test } from "vitest";
import { isBlank } from "./blank.ts";

test.each(["", " \t\r\n", "\u0085", "\u00a0\u3000", "\ufeff\u200b\u2060", "\u2800", "\u3164", "\u001b"])(
  "%j is blank",
  (text) => {
    expect(isBlank(text)).toBe(true);
  },
);

test.each(["a", " . ", "\u200b1", "é", "漢", "🎉", "\ufffd"])("%j can be read", (text) => {
  expect(isBlank(text)).toBe(false);
});
