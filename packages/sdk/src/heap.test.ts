import { expect, test } from "vitest";
import { usableHeap } from "./heap.ts";

const MiB = 1024 * 1024;

test.each<[what: string, limit: number, options: string[], usable: number]>([
  ["an old space of 64 MiB on Node.js 20", 112, ["--max-old-space-size=64"], 112],
  ["an old space of 64 MiB on Node.js 24", 256, ["--max-old-space-size=64"], 112],
  ["an old space of 64 MiB on Node.js 26", 160, ["--max-old-space-size=64"], 112],
  ["the option with underscores", 256, ["--max_old_space_size=64"], 112],
  ["an option that is there twice", 560, ["--max-old-space-size=64", "--max-old-space-size=512"], 560],
  ["less space for new objects than usual", 67, ["--max-old-space-size=64", "--max-semi-space-size=1"], 67],
  ["a size of 0, which Node ignores", 4144, ["--max-old-space-size=0"], 4144],
  ["a heap whose old space is not set", 4144, ["--enable-source-maps", ""], 4144],
])("of the heap counts what a request can use: %s", (_, limit, options, usable) => {
  expect(usableHeap(limit * MiB, options)).toBe(usable * MiB);
});
