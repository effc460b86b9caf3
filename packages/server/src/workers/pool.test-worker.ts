import type { Outcome } from "./pool.ts";

/** What a thread of pool.test.ts runs. */
export function run({ name }: { name: string }): Outcome<string> {
  const kept: unknown[] = [];
  while (name === "hoard") kept.push(new Array(10_000).fill({}));
  while (name === "loop");
  return { output: name };
}

export function wake(): void {}
