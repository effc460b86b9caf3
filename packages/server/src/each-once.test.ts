import { expect, test } from "vitest";
import { eachOnce } from "./each-once.ts";

test("each text is made once, also when nothing comes of it", () => {
  const asked: string[] = [];
  const lengthOf = eachOnce((text) => {
    asked.push(text);
    return text.length || undefined;
  });
  expect(["ab", "", "ab", "", "c"].map(lengthOf)).toEqual([2, undefined, 2, undefined, 1]);
  expect(asked).toEqual(["ab", "", "c"]);
});
