import { JsonText } from "@quillon/contract/client";
import { expect, test } from "vitest";
import { fieldOf } from "./field.ts";

test.each<[unknown, unknown, object]>([
  [{ type: "string" }, undefined, { kind: "text" }],
  [{ type: "string" }, "a", { kind: "text" }],
  [{ type: "string" }, 7, { kind: "json" }],
  [{ type: "integer" }, 7, { kind: "integer" }],
  [{ type: "number" }, new JsonText("9007199254740993"), { kind: "json" }],
  [{ type: "boolean" }, false, { kind: "boolean" }],
  [{ type: "boolean" }, "false", { kind: "json" }],
  [{ enum: ["a", 1, true] }, 1, { kind: "choice", choices: ["a", 1, true] }],
  [{ enum: ["a", "b"] }, "c", { kind: "json" }],
  [{ enum: ["a", null] }, undefined, { kind: "json" }],
  [{ type: "string", enum: [] }, undefined, { kind: "text" }],
  [{ type: "array", items: { type: "string" } }, ["a"], { kind: "texts", choices: [] }],
  [{ type: "array", items: { type: "string" } }, ["a", 1], { kind: "json" }],
  [{ type: "array", items: { enum: ["a", "b"] } }, undefined, { kind: "texts", choices: ["a", "b"] }],
  [{ type: "array", items: { enum: [1, 2] } }, undefined, { kind: "json" }],
  [{ type: "array", items: { type: "object" } }, undefined, { kind: "json" }],
  [{ type: ["string", "null"] }, undefined, { kind: "json" }],
  [{ type: "object" }, undefined, { kind: "json" }],
  [true, undefined, { kind: "json" }],
  [new JsonText("1"), undefined, { kind: "json" }],
])("the schema %j with the value %j is edited as %j", (schema, value, expected) => {
  expect(fieldOf(schema, value)).toEqual(expected);
});
