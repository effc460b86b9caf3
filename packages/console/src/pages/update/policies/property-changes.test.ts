import { JsonText } from "@quillon/contract/client";
import { expect, test } from "vitest";
import { type PropertyChange, propertyChanges } from "./property-changes.ts";

const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: "hunter2" };

test.each<[string, unknown, unknown, PropertyChange[]]>([
  ["nothing", { a: 1 }, { a: 1 }, []],
  ["a value", { a: 1, b: 2 }, { a: "x", b: 2 }, [{ path: "a", before: "1", after: '"x"' }]],
  ["a new property", {}, { acl: "private" }, [{ path: "acl", after: '"private"' }]],
  ["a removed property", { acl: null }, {}, [{ path: "acl", before: "null" }]],
  ["a nested property", { tags: { a: 1 } }, { tags: { a: 1, b: 2 } }, [{ path: "tags.b", after: "2" }]],
  [
    "an item of a list",
    { l: [1, 2] },
    { l: [1, 3, 4] },
    [
      { path: "l[1]", before: "2", after: "3" },
      { path: "l[2]", after: "4" },
    ],
  ],
  ["a list that becomes a map", { l: [1] }, { l: { a: 1 } }, [{ path: "l", before: "[1]", after: '{"a":1}' }]],
  ["a secret", { p: secret }, { p: "plain" }, [{ path: "p", before: "[secret]", after: '"plain"' }]],
  ["a property of every object", {}, { toString: 1 }, [{ path: "toString", after: "1" }]],
  [
    "a long number",
    { n: new JsonText("12345678901234567890") },
    { n: 1 },
    [{ path: "n", before: "12345678901234567890", after: "1" }],
  ],
])("%s", (_, before, after, changes) => expect(propertyChanges(before, after)).toEqual(changes));
