import { expect, test } from "vitest";
import { table } from "./table.ts";

test("columns line up, and no line ends in blanks", () => {
  const rows = [
    ["a", "longer", ""],
    ["long", "b", "c"],
  ];
  expect(table(["ONE", "TWO", "THREE"], rows)).toBe("ONE   TWO     THREE\na     longer\nlong  b       c\n");
});
