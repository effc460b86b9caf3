import { expect, test } from "vitest";
import { closed } from "./strangers.tsx";

test.each([
  ["a text without marks", "main", "main"],
  ["one mark that has no end", "\u2067niam", "\u2067niam\u2069"],
  ["several", "\u2066a\u2067b\u2068c", "\u2066a\u2067b\u2068c\u2069\u2069\u2069"],
  ["marks that have an end", "a \u2067b\u2069 c", "a \u2067b\u2069 c"],
  ["an end of what is around it", "a\u2069\u202eb", "a\u202eb"],
  ["an end too many", "\u2067a\u2069\u2069\u2067b", "\u2067a\u2069\u2067b\u2069"],
])("sets no direction beyond its end: %s", (_, text, shown) => {
  expect(closed(text)).toBe(shown);
});
