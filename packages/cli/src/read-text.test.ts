import { expect, test } from "vitest";
import { decode, markedEncoding, readText } from "./read-text.ts";

test.each([
  ["/nowhere/exception.json", "--file /nowhere/exception.json can't be read: there is no such file."],
  ["/", "--file / can't be read: it is a folder."],
])("why %s can't be read is said", async (file, problem) => {
  await expect(readText("--file", file)).rejects.toThrow(problem);
});

const TEXT = '{"name": "Zoë"}';
test.each<[name: string, bytes: Buffer, marked: string | undefined]>([
  ["UTF-8", Buffer.from(TEXT), undefined],
  ["UTF-8 with its mark", Buffer.from(`\ufeff${TEXT}`), "utf-8"],
  ["UTF-16, as PowerShell writes it,", Buffer.from(`\ufeff${TEXT}`, "utf16le"), "utf-16le"],
])("a text in %s is read", (_, bytes, marked) => {
  expect(decode(bytes)).toBe(TEXT);
  expect(markedEncoding(bytes)).toBe(marked);
});

test("nothing is an empty text", () => {
  expect(decode(Buffer.alloc(0))).toBe("");
  expect(markedEncoding(Buffer.alloc(0))).toBeUndefined();
});
