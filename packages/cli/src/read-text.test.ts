import { expect, test } from "vitest";
import { readText } from "./read-text.ts";

test.each([
  ["/nowhere/exception.json", "--file /nowhere/exception.json can't be read: there is no such file."],
  ["/", "--file / can't be read: it is a folder."],
])("why %s can't be read is said", async (file, problem) => {
  await expect(readText("--file", file)).rejects.toThrow(problem);
});
