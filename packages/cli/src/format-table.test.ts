import { expect, test } from "vitest";
import { formatTable } from "./format-table.ts";

test("columns line up, and no line ends in blanks", () => {
  const rows = [
    ["a", "longer", ""],
    ["long", "b", "c"],
  ];
  expect(formatTable(["ONE", "TWO", "THREE"], rows)).toBe("ONE   TWO     THREE\na     longer\nlong  b       c\n");
});

test("a stranger's cell is one line, and has nothing that a terminal obeys", () => {
  const rows = [["two\r\nlines", "\u001b[2K\u009bA\u007f\u202eevil", "last"]];
  expect(formatTable(["ONE", "TWO", "THREE"], rows)).toBe(
    "ONE        TWO           THREE\ntwo lines  \ufffd[2K\ufffdA\ufffd\ufffdevil  last\n",
  );
});
