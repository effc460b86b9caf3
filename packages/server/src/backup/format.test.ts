import { expect, test } from "vitest";
import { blobFile, END, MANIFEST, partOf, rowsFile } from "./format.ts";

test.each([
  [MANIFEST, { kind: "manifest" }],
  [END, { kind: "end" }],
  [rowsFile("state_changes", 12), { kind: "rows", table: "state_changes" }],
  [rowsFile("rows_of_2030", 1), { kind: "rows", table: "rows_of_2030" }],
  [blobFile("archives/0f3c-1.tgz"), { kind: "blob", name: "archives/0f3c-1.tgz" }],
  [blobFile("states/../../etc/passwd"), { kind: "unknown" }],
  [blobFile("states/.."), { kind: "unknown" }],
  [blobFile("/etc/passwd"), { kind: "unknown" }],
  ["tables/Robert'; drop table users/1.jsonl", { kind: "unknown" }],
  ["other.json", { kind: "unknown" }],
])("%s is known by its name", (file, part) => {
  expect(partOf(file)).toEqual(part);
});
