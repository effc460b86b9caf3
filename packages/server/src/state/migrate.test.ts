import fc from "fast-check";
import { expect, test } from "vitest";
import { entriesOf, replayed, resource, urn } from "../testing/journal.ts";
import { fits } from "./replay.ts";

// What is expected here was compared with Pulumi's own replayer of journals.

const [a, b, c, d] = [
  resource("a", { id: "1" }),
  resource("b", { id: "2" }),
  resource("c", { id: "3" }),
  resource("d"),
];
const x = resource("x", { id: "9" });
const y = { urn: urn("y", "a:b:P$a:b:C"), type: "a:b:C" };
const at = (baseIndex: number) => ({ baseIndex });
const inserted = (stateIndex: number) => ({ stateIndex });
const migration = (more: object) => ({ version: 2, kind: 10, ...more });
/** a becomes x. */
const first = { layout: [inserted(0), at(1), at(2)], states: [x] };
const success = (more: object) => ({ kind: 1, operationID: 1, ...more });

function fit(base: object, entries: readonly object[]) {
  return fits(Buffer.from(JSON.stringify({ version: 3, deployment: base })), entriesOf(entries));
}

test.each<[name: string, entries: object[], resources: object[]]>([
  ["puts a resource in the place of another one", [migration(first)], [x, b, c]],
  [
    "says the order of the whole base, and what it leaves out is gone",
    [migration({ layout: [at(2), inserted(1), at(0), inserted(0)], states: [x, y] })],
    [c, y, a, x],
  ],
  [
    "gives resources of the base other states",
    [migration({ ...first, baseStatePatches: [{ index: 2, state: { ...c, x: 1 } }] })],
    [x, b, { ...c, x: 1 }],
  ],
  [
    "gives resources that this update has made other states, without what was said of the old ones",
    [
      success({ operationID: 7, state: d }),
      success({ operationID: 8, deleteNew: 7 }),
      migration({ ...first, newStatePatches: [{ operationID: 7, state: { ...d, x: 1 } }] }),
      success({ operationID: 9, pendingReplacementNew: 7 }),
    ],
    [{ ...d, x: 1, pendingReplacement: true }, x, b, c],
  ],
  [
    "keeps what was said of places before, wherever they are now",
    [
      success({ removeOld: 0 }),
      success({ deleteOld: 1 }),
      success({ pendingReplacementOld: 2 }),
      migration({ layout: [at(2), at(1), inserted(0), at(0)], states: [x] }),
    ],
    [{ ...c, pendingReplacement: true }, { ...b, delete: true }, x],
  ],
  [
    "forgets what was said of what it leaves out",
    [
      success({ removeOld: 0 }),
      success({ deleteOld: 1 }),
      success({ pendingReplacementOld: 1 }),
      { kind: 4, state: { ...b, x: 1 }, removeOld: 1 },
      migration({ layout: [inserted(0), at(2)], states: [x] }),
    ],
    [x, c],
  ],
  [
    "keeps the outputs of a resource, unless it gives the resource another state",
    [
      { kind: 4, state: { ...b, x: 1 }, removeOld: 1 },
      { kind: 4, state: { ...c, x: 1 }, removeOld: 2 },
      migration({
        layout: [at(2), inserted(0), at(1)],
        states: [x],
        baseStatePatches: [{ index: 1, state: { ...b, x: 2 } }],
      }),
    ],
    [{ ...c, x: 1 }, x, { ...b, x: 2 }],
  ],
  [
    "makes the base whose places later entries name, also those of another migration",
    [
      migration({ layout: [at(2), inserted(0)], states: [x] }),
      migration({ layout: [inserted(0), at(1), at(0)], states: [y] }),
      success({ removeOld: 1, state: { ...x, x: 1 } }),
    ],
    [{ ...x, x: 1 }, y, c],
  ],
  [
    "may come while steps that ask no provider have not ended",
    [
      { kind: 0, operationID: 1, operation: { resource: d, type: "creating" } },
      { kind: 0, operationID: 1 },
      migration(first),
    ],
    [x, b, c],
  ],
  [
    "may insert a resource with an extension that this update has added",
    [
      { kind: 8, operationID: 1, extensionRef: "r", extension: {} },
      migration({ layout: [inserted(0)], states: [{ ...y, extensionRef: "r" }] }),
    ],
    [{ ...y, extensionRef: "r" }],
  ],
])("a migration of states %s", (_, entries, resources) => {
  expect(replayed({ resources: [a, b, c] }, entries).deployment.resources).toEqual(resources);
  expect(fit({ resources: [a, b, c] }, entries)).toBe(true);
});

const begun = { kind: 0, operationID: 1, operation: { resource: d, type: "creating" } };
const made = success({ operationID: 7, state: d });
const patch = (operationID: number) => ({ newStatePatches: [{ operationID, state: d }] });

test.each<[name: string, more: object, before?: object[], base?: object]>([
  ["the base has pending operations", {}, [], { pending_operations: [{ resource: d, type: "updating" }] }],
  ["an operation has not ended", {}, [begun]],
  ["it inserts nothing", { layout: [at(0)], states: [] }],
  ["it says no layout", { layout: undefined }],
  ["its layout is no list", { layout: {} }],
  ["an item is nothing", { layout: [inserted(0), {}] }],
  ["an item is null", { layout: [inserted(0), null] }],
  ["an item is two", { layout: [{ baseIndex: 0, stateIndex: 0 }] }],
  ["a place is twice in the layout", { layout: [inserted(0), at(1), at(1)] }],
  ["what it inserts is twice in the layout", { layout: [inserted(0), inserted(0)] }],
  ["what it inserts is not in the layout", { layout: [at(0), at(1)] }],
  ["a place is after the last", { layout: [inserted(0), at(3)] }],
  ["a place is before the first", { layout: [inserted(0), at(-1)] }],
  ["a place is no number", { layout: [inserted(0), { baseIndex: "length" }] }],
  ["a place is between two", { layout: [inserted(0), at(0.5)] }],
  ["it inserts what it has not", { layout: [inserted(0), inserted(1)] }],
  ["it changes what it leaves out", { baseStatePatches: [{ index: 0, state: a }] }],
  ["it changes what is after the last", { baseStatePatches: [{ index: 3, state: a }] }],
  ["it changes a place twice", { baseStatePatches: [1, 1].map((index) => ({ index, state: b })) }],
  ["it changes a place to nothing", { baseStatePatches: [{ index: 1 }] }],
  ["it changes what no operation has made", patch(8), [made]],
  ["it changes what is removed", patch(7), [made, success({ operationID: 8, removeNew: 7 })]],
  [
    "it changes what an operation has made twice",
    { newStatePatches: [7, 7].map((operationID) => ({ operationID, state: d })) },
    [made],
  ],
  ["a state is no object", { states: [null] }],
  ["a state has no URN", { states: [{ ...x, urn: undefined }] }],
  ["a state has a URN of something else", { states: [{ ...x, urn: "urn:other:dev::web::a:b:C::x" }] }],
  ["a state has a URN without a name", { states: [{ ...x, urn: "urn:pulumi:dev::web::a:b:C" }] }],
  ["a state has another type than its URN", { states: [{ ...x, type: "a:b:P$a:b:C" }] }],
  ["a state is marked as deleted", { states: [{ ...x, delete: true }] }],
  ["a state is a view", { states: [{ ...x, viewOf: a.urn }] }],
  ["a state of a provider's resource has no id", { states: [{ ...x, id: "" }] }],
  ["a state has an extension that is not known", { states: [{ ...x, extensionRef: "r" }] }],
  ["two states have a URN", { layout: [inserted(0), inserted(1)], states: [x, x] }],
])("a migration does not fit, and changes nothing, when %s", (_, more, before = [], base = {}) => {
  const all = { resources: [a, b, c], ...base };
  const entries = [...before, migration({ ...first, ...more })];
  expect(fit(all, entries)).toBe(false);
  expect(fit(all, [...entries, migration(first)])).toBe(false);
  expect(replayed(all, entries)).toEqual(replayed(all, before));
});

// A model: the resources of the base in order, with what was said of each.
interface Cell {
  state: object;
  isGone: boolean;
  isMarked: boolean;
  /** Its state is not that of the base, and what was said of that one is not true of it. */
  isOther: boolean;
}
const steps = fc.array(
  fc.record({
    step: fc.constantFrom("keep", "delete", "mark", "outputs", "migrate", "migrate"),
    place: fc.nat(),
    numbers: fc.array(fc.nat(9), { minLength: 40, maxLength: 40 }),
  }),
  { maxLength: 10 },
);

test("after any steps and migrations a journal makes the state of the model", () => {
  const cellOf = (state: object): Cell => ({ state, isGone: false, isMarked: false, isOther: false });
  fc.assert(
    fc.property(fc.nat(5), steps, (size, all) => {
      const base = Array.from({ length: size }, (_, index) => resource(`r${index}`, { id: "1" }));
      let cells = base.map(cellOf);
      const made: object[] = [];
      const entries: object[] = [];
      all.forEach(({ step, place: any, numbers }, index) => {
        const place = any % Math.max(cells.length, 1);
        const cell = cells[place];
        const operationID = index + 1;
        if (step === "migrate") {
          const added = resource(`n${index}`, { id: "1" });
          const kept = cells.flatMap((one, old) => ((numbers[old] ?? 0) > 2 ? [{ one, old }] : []));
          if (any % 2 === 1) kept.reverse();
          const changed = kept.filter(({ old }) => (numbers[20 + old] ?? 0) > 5);
          for (const { one } of changed)
            Object.assign(one, { state: { ...one.state, migrated: index }, isOther: false });
          const where = any % (kept.length + 1);
          entries.push(
            migration({
              layout: kept.map<object>(({ old }) => at(old)).toSpliced(where, 0, inserted(0)),
              states: [added],
              baseStatePatches: changed.map(({ one, old }) => ({ index: old, state: one.state })),
            }),
          );
          cells = kept.map(({ one }) => one).toSpliced(where, 0, cellOf(added));
        } else if (cell && step === "outputs") {
          Object.assign(cell, { state: { ...cell.state, outputs: index }, isOther: true });
          entries.push({ kind: 4, operationID, state: cell.state, removeOld: place });
        } else if (cell && step === "mark") {
          cell.isMarked = true;
          entries.push(success({ operationID, deleteOld: place }));
        } else if (cell) {
          cell.isGone = true;
          if (step === "keep") made.push(cell.state);
          entries.push(success({ operationID, removeOld: place, ...(step === "keep" && { state: cell.state }) }));
        }
        expect(fit({ resources: base }, entries)).toBe(true);
        const left = cells
          .filter(({ isGone }) => !isGone)
          .map(({ state, isMarked, isOther }) => (isMarked && !isOther ? { ...state, delete: true } : state));
        expect(replayed({ resources: base }, entries).deployment.resources ?? []).toEqual([...made, ...left]);
      });
    }),
    { numRuns: 50 },
  );
});
