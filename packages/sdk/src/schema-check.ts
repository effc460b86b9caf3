import { type OutputUnit, type Schema, Validator } from "@cfworker/json-schema";
import type { PolicyConfigSchema } from "./policy.ts";
import type { PolicyConfigJSONSchema } from "./schema.ts";

const DRAFT = "7";
const TYPES = ["string", "number", "integer", "boolean", "object", "array", "null"];
const definition = { $ref: "#/definitions/definition" };
const definitions: Schema = { type: "object", additionalProperties: definition };
const strings: Schema = { type: "array", items: { type: "string" } };
const count: Schema = { type: "integer", minimum: 0 };
const number: Schema = { type: "number" };

/** What `PolicyConfigSchema` must look like, for packs that no compiler has checked. */
const META: Schema = {
  type: "object",
  required: ["properties"],
  properties: {
    properties: { type: "object", additionalProperties: { $ref: "#/definitions/schema" } },
    required: strings,
  },
  definitions: {
    definition: { anyOf: [{ type: "boolean" }, { $ref: "#/definitions/schema" }] },
    schema: {
      type: "object",
      properties: {
        type: { anyOf: [{ enum: TYPES }, { type: "array", items: { enum: TYPES } }] },
        enum: { type: "array" },
        multipleOf: { type: "number", exclusiveMinimum: 0 },
        maximum: number,
        exclusiveMaximum: number,
        minimum: number,
        exclusiveMinimum: number,
        maxLength: count,
        minLength: count,
        pattern: { type: "string", format: "regex" },
        items: { anyOf: [definition, { type: "array", items: definition }] },
        additionalItems: definition,
        maxItems: count,
        minItems: count,
        uniqueItems: { type: "boolean" },
        contains: { $ref: "#/definitions/schema" },
        maxProperties: count,
        minProperties: count,
        required: strings,
        properties: definitions,
        patternProperties: definitions,
        additionalProperties: definition,
        dependencies: { type: "object", additionalProperties: { anyOf: [strings, definition] } },
        propertyNames: definition,
        format: { type: "string" },
        description: { type: "string" },
      },
    },
  },
};

/** What is wrong with a policy's schema, one line each; none when it is one. */
export function schemaProblems(schema: PolicyConfigSchema): string[] {
  return complaints(META, schema, "configSchema");
}

/** What is wrong with the value of one configured property. */
export function valueProblems(schema: PolicyConfigJSONSchema, value: unknown, name: string): string[] {
  return complaints(schema as Schema, value, name);
}

function complaints(schema: Schema, value: unknown, name: string): string[] {
  // As it will be sent, where a property without a value is absent.
  const json: unknown = JSON.parse(JSON.stringify(value) ?? "null");
  const { errors } = new Validator(schema, DRAFT, false).validate(json);
  return leaves(errors).map(({ instanceLocation, error }) => `${name}${readable(instanceLocation)}: ${error}`);
}

/**
 * A failure inside an object is reported for each object around it too, and each alternative reports why it is not the one:
 * the innermost says it best, and of those the one that got further than the type.
 */
function leaves(errors: OutputUnit[]): OutputUnit[] {
  const without = (list: OutputUnit[], isBetter: (other: OutputUnit, one: OutputUnit) => boolean) =>
    list.filter((one) => !list.some((other) => isBetter(other, one)));
  const innermost = without(
    errors,
    (other, one) =>
      other.keywordLocation.startsWith(`${one.keywordLocation}/`) ||
      other.instanceLocation.startsWith(`${one.instanceLocation}/`),
  );
  const isSamePlace = (other: OutputUnit, one: OutputUnit) => other.instanceLocation === one.instanceLocation;
  return without(
    innermost,
    (other, one) => isSamePlace(other, one) && one.keyword === "type" && other.keyword !== "type",
  );
}

/** `#/a/b~1c` → `.a.b/c` */
function readable(pointer: string): string {
  return pointer.slice(1).replaceAll("/", ".").replaceAll("~1", "/").replaceAll("~0", "~");
}
