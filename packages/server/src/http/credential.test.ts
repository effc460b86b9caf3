import { expect, test } from "vitest";
import { credential } from "./credential.ts";

test.each([
  ["token abc", "abc"],
  ["Token abc", "abc"],
  ["token  abc", "abc"],
  ["token abc 1", undefined],
  ["token abc\t1", undefined],
  ["token abc, token def", undefined],
  ["token", undefined],
  ["abc", undefined],
  ["", undefined],
  ["update-token abc", undefined],
  ["bearer abc", undefined],
])("of the header %j the token is %j", (authorization, expected) => {
  expect(credential({ authorization }, "token")).toBe(expected);
});

test("of no header there is no credential", () => {
  expect(credential({}, "token")).toBeUndefined();
});
