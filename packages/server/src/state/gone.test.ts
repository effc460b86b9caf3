import { expect, test } from "vitest";
import { type Gone, goneOf } from "./gone.ts";

const state = (...resources: object[]) => Buffer.from(JSON.stringify({ version: 3, deployment: { resources } }));
const rex = { urn: "rex", type: "a:b:C", custom: true, id: "1", inputs: { length: 2 } };
const tom = { urn: "tom", type: "a:b:C", custom: true, id: "2", inputs: { length: 2 } };
const house = { urn: "house", type: "a:b:House", inputs: { rooms: 2 } };
const none: Gone = { gone: [], moved: [] };
const moved = (was: string, urn: string): Gone => ({ gone: [], moved: [{ was, urn }] });
const gone = (...urns: string[]): Gone => ({ gone: urns, moved: [] });

test.each<[what: string, before: Buffer, after: Buffer, expected: Gone]>([
  ["nothing when all are there", state(rex, tom), state(tom, rex), none],
  ["nothing when one is new", state(rex), state(rex, tom), none],
  ["nothing when one has changed", state(rex), state({ ...rex, id: "9", inputs: {} }), none],
  ["what is not there", state(rex, tom), state(rex), gone("tom")],
  ["all that a state had that is empty now", state(rex, tom), Buffer.from('{"deployment":{}}'), gone("rex", "tom")],
  ["nothing of an empty state", Buffer.from('{"version":3,"deployment":{}}'), state(rex), none],
  ["not the resource whose old half is left", state(rex), state({ ...rex, delete: true }), none],
  ["not the resource whose old half is gone", state(rex, { ...rex, id: "0", delete: true }), state(rex), none],
  ["what was renamed, by its type and id", state(rex, tom), state({ ...rex, urn: "max" }, tom), moved("rex", "max")],
  ["what was renamed and edited", state(rex), state({ ...rex, urn: "max", inputs: {} }), moved("rex", "max")],
  ["a new resource of another type as another", state(rex), state({ ...rex, urn: "max", type: "a:b:D" }), gone("rex")],
  ["a new resource with another id as another", state(rex), state({ ...rex, urn: "max", id: "3" }), gone("rex")],
  ["a renamed component, by what it has", state(house), state({ ...house, urn: "hut" }), moved("house", "hut")],
  ["another component as another", state(house), state({ ...house, urn: "hut", inputs: {} }), gone("house")],
  [
    "a component as gone when two could be it",
    state(house),
    state({ ...house, urn: "hut" }, { ...house, urn: "inn" }),
    gone("house"),
  ],
  [
    "components as gone when one could be both",
    state(house, { ...house, urn: "hut" }),
    state({ ...house, urn: "inn" }),
    gone("house", "hut"),
  ],
])("it tells %s", (_, before, after, expected) => {
  expect(goneOf(before, after)).toEqual(expected);
});
