import { expect, test } from "vitest";
import { csvLine } from "./csv-line.ts";

test.each([
  [["a", "b"], "a,b\r\n"],
  [['say "hi"', "x,y", "1\n2"], '"say ""hi""","x,y","1\n2"\r\n'],
  [["=1+1", "+1", "-1", "@x", "\tx"], "'=1+1,'+1,'-1,'@x,'\tx\r\n"],
  [["plain", "@SUM(A1)", "=a,b"], `plain,'@SUM(A1),"'=a,b"\r\n`],
  [['a "b", c', "\t=1", "\n=1"], `"a ""b"", c",'\t=1,"'\n=1"\r\n`],
  [["two\nlines"], '"two\nlines"\r\n'],
  [['=HYPERLINK("a","b")'], `"'=HYPERLINK(""a"",""b"")"\r\n`],
])("the cells %j are a line", (cells, line) => {
  expect(csvLine(cells)).toBe(line);
});
