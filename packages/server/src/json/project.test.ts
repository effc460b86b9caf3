import { Type } from "typebox";
import { expect, test } from "vitest";
import { bytesOf, project } from "./project.ts";

const State = Type.Object({
  version: Type.Integer(),
  features: Type.Optional(Type.Array(Type.String())),
  deployment: Type.Object({ resources: Type.Optional(Type.Array(Type.Unknown())) }),
  tags: Type.Optional(Type.Record(Type.String(), Type.String())),
});

test.each<[what: string, text: string, value: unknown]>([
  [
    "has what the schema names",
    '{"version":3,"features":["views"],"deployment":{"manifest":{"x":1},"resources":[]},"more":[1]}',
    { version: 3, features: ["views"], deployment: { resources: [] } },
  ],
  [
    "has empty arrays and objects where the schema describes nothing further",
    '{"version":{"a":1},"features":[["x"],{"y":1}],"deployment":{"resources":[{"urn":"u"}]}}',
    { version: {}, features: [[], {}], deployment: { resources: [] } },
  ],
  [
    "has the members of a record",
    '{"tags":{"a":"b","__proto__":"c"}}',
    { tags: JSON.parse('{"a":"b","__proto__":"c"}') },
  ],
  [
    "has values of a wrong kind, which the schema then refuses",
    '{"version":"x","deployment":7}',
    { version: "x", deployment: 7 },
  ],
  ["may be no object at all", "null", null],
])("a projection %s", (_, text, value) => {
  expect(project(Buffer.from(text), State).value).toEqual(value);
});

test("tells where a value is, and how many values are in it", () => {
  const json = Buffer.from('{"deployment": {"resources":[{"n":1.10}, {}]}}');
  const deployment = project(json, State).span.members.get("deployment");
  expect(deployment && bytesOf(json, deployment).toString()).toBe('{"resources":[{"n":1.10}, {}]}');
  expect(deployment?.members.get("resources")?.count).toBe(2);
});
