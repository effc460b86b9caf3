import { ApiError } from "@quillon/contract/client";
import { expect, test } from "vitest";
import { isOutdated, onceAtATime } from "./change.ts";

test("what is asked for again while it runs is made once, and everybody has its result", async () => {
  const once = onceAtATime<string, number>();
  let made = 0;
  const make = async () => {
    made += 1;
    return 7;
  };
  const results = [once("a", make), once("a", make)];
  expect(await Promise.all(results)).toEqual([7, 7]);
  expect(made).toBe(1);
});

test("something else, and the same once more afterwards, is made", async () => {
  const once = onceAtATime<string, string>();
  const made: string[] = [];
  const ask = (what: string, result: Promise<string>) =>
    once(what, () => {
      made.push(what);
      return result;
    });
  await Promise.all([ask("a", Promise.resolve("a")), ask("b", Promise.resolve("b"))]);
  await expect(ask("a", Promise.reject(new Error("refused")))).rejects.toThrow("refused");
  await ask("a", Promise.resolve("a"));
  expect(made).toEqual(["a", "b", "a", "a"]);
});

test.each([
  [new ApiError(412, "precondition_failed", "m"), true],
  [new ApiError(404, "group_not_found", "m"), true],
  [new ApiError(409, "group_changed", "m"), true],
  [new ApiError(403, "forbidden", "m"), true],
  [new ApiError(400, "invalid_input", "m"), false],
  [new ApiError(503, "unavailable", "m"), false],
  [new TypeError("fetch failed"), false],
])("what is shown is read again after %s: %s", (error, expected) => {
  expect(isOutdated(error)).toBe(expected);
});
