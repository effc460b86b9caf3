import type { Budget } from "./budget.ts";
import { TooMuchWork } from "./budget.ts";

const DEEPEST = 200;

/**
 * One text for all JSON values that are equal: the order of an object's keys does not count.
 *
 * @param budget pays for it, when the value is a stranger's.
 * @throws TooMuchWork when the budget is used up, or the value is nested too deep.
 */
export function canonical(value: unknown, budget?: Budget, depth = 0): string {
  if (depth > DEEPEST) throw new TooMuchWork();
  const text = write(value, (item) => canonical(item, budget, depth + 1));
  return budget ? budget.text(text) : text;
}

function write(value: unknown, textOf: (value: unknown) => string): string {
  if (Array.isArray(value)) return `[${value.map(textOf).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "null";
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, item]) => `${JSON.stringify(key)}:${textOf(item)}`).join(",")}}`;
}
