import { expect, test } from "vitest";
import { namesOf, readHistory, readStacks } from "./history.ts";

const entry = (kind: string, more: object = {}) => ({
  ...{ version: 0, kind, startTime: "2030-01-01T10:00:00.000Z", endTime: "2030-01-01T10:00:05.000Z", message: "" },
  ...{ environment: {}, config: { "pets:key": { value: "kept nowhere", secret: false } }, result: "succeeded" },
  ...more,
});
const start = Date.parse("2030-01-01T10:00:00Z");

test("of a history the updates are kept, without their configuration, and with who made them", () => {
  const environment = {
    "git.author": "Ada",
    "git.author.email": "ada@example.com",
    "git.head": "4ac6aa7a",
    "ci.build.url": "https://ci.example.com/7",
  };
  const kinds = ["refresh", "destroy", "resource-import", "rename"].map((kind) => entry(kind));
  const last = entry("update", { result: "failed", environment, resourceChanges: { create: 1 } });
  const page = readHistory(JSON.stringify([...kinds, entry("update", { result: "in-progress" }), last]));
  expect(page).toEqual({
    updates: [
      {
        ...{ start, end: start + 5000, result: "failed", changes: { create: 1 } },
        ...{ by: "Ada <ada@example.com>", commit: "4ac6aa7a", pipeline: "https://ci.example.com/7" },
      },
    ],
    entries: 6,
    oldest: start + 5000,
  });
});

test("one without an end or an environment is read, too", () => {
  const { updates } = readHistory(JSON.stringify([entry("update", { endTime: undefined, environment: undefined })]));
  expect(updates).toEqual([{ start, end: start, result: "succeeded" }]);
});

test("stacks are listed by their names, in both layouts", () => {
  const listed = [
    { name: "organization/pets/dev", current: false, lastUpdate: "2030-01-01T10:00:00Z" },
    { name: "old" },
  ];
  expect(readStacks(JSON.stringify(listed))).toEqual([
    { name: "organization/pets/dev", project: "pets", stack: "dev", lastUpdate: "2030-01-01T10:00:00Z" },
    { name: "old", project: undefined, stack: "old" },
  ]);
  expect(namesOf("a/b")).toMatchObject({ project: undefined, stack: "b" });
});

test.each(["", "{}", "no JSON"])("%j is no list", (text) => {
  expect(() => readStacks(text)).toThrow(`The Pulumi CLI has not printed a list of stacks, but: ${text}`);
  expect(() => readHistory(text)).toThrow("The Pulumi CLI has not printed a history");
});
