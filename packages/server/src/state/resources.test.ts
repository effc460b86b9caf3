import { expect, test } from "vitest";
import { resourcesIn } from "./resources.ts";

const stack = { urn: "urn:pulumi:dev::web::pulumi:pulumi:Stack::web-dev", type: "pulumi:pulumi:Stack" };
const pet = {
  urn: "urn:pulumi:dev::web::random:index/randomPet:RandomPet::rex",
  type: "random:index/randomPet:RandomPet",
  parent: stack.urn,
  inputs: { password: "hunter2" },
  outputs: { password: "hunter2" },
};
const stateOf = (resources: unknown) => Buffer.from(JSON.stringify({ version: 3, deployment: { resources } }));

test("a resource is listed without its inputs and outputs", () => {
  const { resources } = resourcesIn(stateOf([stack, pet, { ...pet, delete: true }]), 0);
  const listed = { urn: pet.urn, type: pet.type, parent: stack.urn };
  expect(resources).toEqual([
    { ...stack, parent: "", pendingDelete: false },
    { ...listed, pendingDelete: false },
    { ...listed, pendingDelete: true },
  ]);
});

test("a state has as many pages as it needs", () => {
  const state = stateOf(Array.from({ length: 5002 }, (_, index) => ({ ...pet, urn: `${pet.urn}${index}` })));
  const first = resourcesIn(state, 0);
  expect(first.resources).toHaveLength(5000);
  expect(first.total).toBe(5002);
  expect(resourcesIn(state, 5000).resources.map(({ urn }) => urn)).toEqual([`${pet.urn}5000`, `${pet.urn}5001`]);
});

test.each([[{}], [undefined], [[{ urn: 7, type: null }]]])(
  "a state with %j as resources can be listed",
  (resources) => {
    for (const { urn, type } of resourcesIn(stateOf(resources), 0).resources) expect([urn, type]).toEqual(["", ""]);
  },
);
