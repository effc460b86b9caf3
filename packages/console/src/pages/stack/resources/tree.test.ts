import { expect, test } from "vitest";
import { flatRows, type Resource, treeRows } from "./tree.ts";

const of = (urn: string, parent = "", more: Partial<Resource> = {}): Resource => ({ urn, type: "t", parent, ...more });
const shown = (resources: Resource[], isOpen = () => true) =>
  treeRows(resources, isOpen).map(({ resource, depth, children }) => `${" ".repeat(depth)}${resource.urn} ${children}`);

test.each<[string, Resource[], string[]]>([
  ["children follow their parent", [of("a"), of("b"), of("c", "a"), of("d", "c")], ["a 1", " c 1", "  d 0", "b 0"]],
  ["one whose parent is not listed is at the top", [of("b", "elsewhere")], ["b 0"]],
  ["one that is its own parent is at the top", [of("a", "a")], ["a 0"]],
  [
    "the old half of a replacement has no children",
    [of("a"), of("a", "", { pendingDelete: true }), of("b", "a")],
    ["a 1", " b 0", "a 0"],
  ],
])("%s", (_, resources, rows) => expect(shown(resources)).toEqual(rows));

test("nothing below a closed resource is shown", () => {
  expect(shown([of("a"), of("b", "a"), of("c", "b")], () => false)).toEqual(["a 1"]);
});

test("each row has a key of its own", () => {
  const keys = treeRows([of("a"), of("a", "", { pendingDelete: true })], () => true).map(({ key }) => key);
  expect(new Set(keys).size).toBe(2);
});

test("what is looked for is a list", () => {
  const rows = flatRows([of("a"), of("b", "a")], ({ urn }) => urn === "b");
  expect(rows).toMatchObject([{ resource: { urn: "b" }, depth: 0, children: 0 }]);
});
