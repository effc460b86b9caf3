import { expect, test } from "vitest";
import { Recent } from "./recent.ts";

function recent(most: number) {
  const made: string[] = [];
  const values = new Recent<string>(most, ({ length }) => length);
  const get = (key: string) =>
    values.get(key, async () => {
      made.push(key);
      return key;
    });
  return { made, values, get };
}

test("a value is made once, also when two ask for it at the same time", async () => {
  const { made, get } = recent(10);
  expect(await Promise.all([get("a"), get("a")])).toEqual(["a", "a"]);
  await get("a");
  expect(made).toEqual(["a"]);
});

test("the values that were not asked for longest go when all are too much, and are made again", async () => {
  const { made, get } = recent(4);
  for (const key of ["aa", "bb", "aa", "cc", "aa", "bb"]) await get(key);
  expect(made).toEqual(["aa", "bb", "cc", "bb"]);
});

test("one that is larger than all may be is not kept", async () => {
  const { made, get } = recent(2);
  for (const key of ["large", "large", "b", "b"]) await get(key);
  expect(made).toEqual(["large", "large", "b"]);
});

test("what is dropped, or could not be made, is made again", async () => {
  const { made, values, get } = recent(10);
  await get("a");
  values.drop("a");
  await get("a");
  expect(made).toEqual(["a", "a"]);
  await expect(values.get("b", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await get("b")).toBe("b");
});

test("who waits for a value that is dropped meanwhile gets it", async () => {
  const { made, values, get } = recent(10);
  const asked = get("a");
  values.drop("a");
  expect(await asked).toBe("a");
  await get("a");
  expect(made).toEqual(["a", "a"]);
});

test("a value that is made again is not one that somebody had begun to make before", async () => {
  const values = new Recent<string>(10, ({ length }) => length);
  let finish = () => {};
  const first = values.renew("a", () => new Promise((resolve) => (finish = () => resolve("old"))));
  const second = values.renew("a", async () => "new");
  finish();
  expect(await Promise.all([first, second])).toEqual(["old", "new"]);
  expect(await values.get("a", async () => "other")).toBe("new");
});
