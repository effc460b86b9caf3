import { expect, test } from "vitest";
import { formatTable } from "./format-table.ts";

test("columns line up, and no line ends in blanks", () => {
  const rows = [
    ["a", "longer", ""],
    ["long", "b", "c"],
  ];
  expect(formatTable(["ONE", "TWO", "THREE"], rows)).toBe("ONE   TWO     THREE\na     longer\nlong  b       c\n");
});
