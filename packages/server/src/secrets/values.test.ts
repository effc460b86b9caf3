import { expect, test } from "vitest";
import { sealer } from "../keys.ts";
import { openTask, type StackKey, workOf } from "./values.ts";

const keys: StackKey[] = ["a", "b", "c"].map((stackId) => ({ stackId, key: Buffer.alloc(32, stackId) }));

function sealed(by: string): string {
  const [of] = keys.filter(({ stackId }) => stackId === by);
  return sealer(Buffer.from(of?.key ?? []))
    .seal(Buffer.from("plain"), by)
    .toString("base64");
}

const plain = Buffer.from("plain").toString("base64");
const MISS = 8 * 1024 + 34;

// A key that has opened a value is tried first for the next one.
test.each([
  ["aaa", 0],
  ["bbb", 1],
  ["abab", 3],
  ["cbacba", 12],
])("to open values by %s takes %i tries with keys that do not fit", async (by, misses) => {
  const values = [...by].map(sealed);
  expect(await openTask.run({ keys, values, left: misses * MISS })).toEqual({
    opened: values.map(() => plain),
    left: 0,
  });
  if (misses === 0) return;
  const tooFew = () => openTask.run({ keys, values, left: misses * MISS - 1 });
  expect(tooFew).toThrow(expect.objectContaining({ id: "ciphertexts_mixed", status: 400 }));
});

test("a value that no key opens ends the work", async () => {
  const none = Buffer.alloc(34, 1).toString("base64");
  const { opened } = await openTask.run({ keys, values: [sealed("a"), none, sealed("a")], left: 3 * MISS });
  expect(opened).toEqual([plain, undefined]);
});

test("the work of values is counted for each key, also when they are empty", () => {
  expect(workOf(["", "abcd"], keys)).toBe(3 * (256 + 256 + 4));
});
