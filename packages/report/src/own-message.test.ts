import { expect, test } from "vitest";
import { ownMessage } from "./own-message.ts";

test.each([
  ["Names are long.\nIt is short.", "Names are long.", "It is short."],
  ["Names\nare long.\nIt is short.\nfix: More.", "Names\nare long.", "It is short.\nfix: More."],
  ["Names are long.\nIt is short.\nNames are long.\nAnd ugly.", "Names are long.", "It is short.\nAnd ugly."],
  ["Names are long.", "Names are long.", "Names are long."],
  ["Names are longer.\nIt is short.", "Names are long.", "Names are longer.\nIt is short."],
  ["\nIt is short.", "", "\nIt is short."],
])("of %j a policy with the description %j said %j", (message, description, own) => {
  expect(ownMessage(message, description)).toBe(own);
});
