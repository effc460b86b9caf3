import { describe, expect, test } from "vitest";
import { readFilter, readRows, readSort } from "./grid.ts";

const leaf = (colId: string, filter: string) => ({ colId, filter, filterType: "text", type: "equals" });
const join = (type: string, ...conditions: object[]) => ({
  colId: "",
  filter: "",
  filterType: "join",
  type,
  conditions,
});
const deep = (levels: number): object => (levels === 0 ? leaf("status", "open") : join("AND", deep(levels - 1)));

describe("the filter of a grid", () => {
  test.each([
    [null, { all: [] }],
    [{ type: "AND", conditions: null }, { all: [] }],
    [{ type: "AND", conditions: [leaf("severity", "high")] }, { all: [{ field: "severity", value: "high" }] }],
    [
      { type: "AND", conditions: [join("OR", leaf("status", "open"), leaf("status", "ignored"))] },
      {
        all: [
          {
            any: [
              { field: "status", value: "open" },
              { field: "status", value: "ignored" },
            ],
          },
        ],
      },
    ],
  ])("%j is %j", (model, condition) => {
    expect(readFilter(model)).toEqual(condition);
  });

  test.each([
    ["an unknown field", [leaf("colour", "red")], /no field "colour".* Known are severity, priority/],
    ["an unknown comparison", [{ ...leaf("status", "open"), type: "contains" }], /can't be "text contains"/],
    ["an unknown join", [join("XOR")], /can't be "join XOR"/],
    ["null", [null], /can't be "undefined undefined"/],
    [
      "an object in place of a comparison",
      [{ ...leaf("status", "open"), type: { toString: 1 } }],
      /can't be "text object"/,
    ],
    ["an object in place of a field", [{ ...leaf("status", "open"), colId: { toString: 1 } }], /no field "object"/],
    ["too many levels", [deep(6)], /more than 5 levels/],
    ["too many conditions", Array(501).fill(leaf("status", "open")), /more than 500 conditions/],
  ])("%s is refused", (_, conditions, message) => {
    expect(() => readFilter({ type: "AND", conditions })).toThrow(message);
  });
});

test.each([
  [undefined, undefined, { start: 0, count: 100 }],
  [null, 5, { start: 0, count: 5 }],
  [200, undefined, { start: 200, count: 100 }],
  [1000, 2000, { start: 1000, count: 1000 }],
])("the rows from %s to %s", (start, end, rows) => {
  expect(readRows(start, end)).toEqual(rows);
});

test.each([
  [0, 1001],
  [5, 5],
  [5, 4],
])("the rows from %i to %i are refused", (start, end) => {
  expect(() => readRows(start, end)).toThrow("by at most 1000");
});

test("the default order is by the last change, and an unknown one is refused", () => {
  expect(readSort(null)).toEqual([{ field: "lastModified", descending: true }]);
  expect(readSort([{ colId: "severity", sort: "asc" }])).toEqual([{ field: "severity", descending: false }]);
  expect(() => readSort([{ colId: "entityId", sort: "asc" }])).toThrow("Known are severity, priority, status");
});
