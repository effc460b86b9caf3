import fc from "fast-check";
import { isObject } from "../../json/is-object.ts";
import { hostileNumbers, hostileTexts } from "./values.ts";

/** A text in a body that is sent as an object with that many levels. */
const DEEP = /"<deep (\d+)>"/g;

const hostile: readonly unknown[] = [
  null,
  true,
  [],
  {},
  [[]],
  [null],
  { a: null },
  ...hostileNumbers,
  ...hostileTexts,
  "<deep 20>",
  "<deep 990>",
  "<deep 1500>",
  "<deep 30000>",
];

const keys = ["unknown", "", "\0", "\ud800", "constructor", "x".repeat(300)];

type Change =
  | { do: "replace"; by: unknown }
  | { do: "remove" }
  | { do: "add"; key: string; value: unknown }
  | { do: "repeat"; times: number };

const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("replace" as const), by: fc.constantFrom(...hostile) }) },
  { weight: 2, arbitrary: fc.constant<Change>({ do: "remove" }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("add" as const),
      key: fc.constantFrom("__proto__", ...keys),
      value: fc.constantFrom(...hostile),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("repeat" as const), times: fc.constantFrom(2, 200, 1100) }) },
);

/** Values that differ from a valid one in one place: a field is gone, added, of another kind, or of another size. */
export function nearlyValid(valid: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.tuple(valid, fc.nat(), change).map(([value, at, how]) => changed(value, at % countOf(value), how));
}

function countOf(value: unknown): number {
  return 1 + childrenOf(value).reduce((sum, [, child]) => sum + countOf(child), 0);
}

function childrenOf(value: unknown): [string, unknown][] {
  return isObject(value) || Array.isArray(value) ? Object.entries(value) : [];
}

const GONE = Symbol("gone");

/** A copy whose value with that number, counted from the outermost, is changed. */
function changed(value: unknown, at: number, how: Change): unknown {
  if (at === 0) return altered(value, how);
  let before = 1;
  const entries = childrenOf(value).map(([key, child]): [string, unknown] => {
    const first = before;
    before += countOf(child);
    return [key, at >= first && at < before ? changed(child, at - first, how) : child];
  });
  const kept = entries.filter(([, child]) => child !== GONE);
  return Array.isArray(value) ? kept.map(([, child]) => child) : Object.fromEntries(kept);
}

function altered(value: unknown, how: Change): unknown {
  switch (how.do) {
    case "replace":
      return how.by;
    case "remove":
      return GONE;
    case "add":
      return isObject(value) ? Object.fromEntries([...Object.entries(value), [how.key, how.value]]) : [value];
    case "repeat":
      return Array.isArray(value) ? Array.from({ length: how.times }, () => value[0]) : [value, value];
  }
}

/** The JSON text of a body; with a body that is gone, none. */
export function jsonOf(value: unknown): string {
  if (value === GONE || value === undefined) return "";
  return JSON.stringify(value).replace(DEEP, (_, levels) => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`);
}
