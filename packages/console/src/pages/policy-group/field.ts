import { JsonText } from "@quillon/contract/client";

/** What a property is edited with. Everything that has no simple control is edited as JSON. */
export type Field =
  | { kind: "text" | "number" | "integer" | "boolean" | "json" }
  | { kind: "choice"; choices: (string | number | boolean)[] }
  | { kind: "texts"; choices: string[] };

/** The control for a property by its JSON Schema; as JSON, too, when the value that it has is of another type. */
export function fieldOf(schema: unknown, value?: unknown): Field {
  const field = bySchema(schema);
  return value === undefined || fits(field, value) ? field : { kind: "json" };
}

function bySchema(schema: unknown): Field {
  if (!isObject(schema)) return { kind: "json" };
  const choices = choicesOf(schema);
  if (choices) return { kind: "choice", choices };
  switch (schema.type) {
    case "string":
      return { kind: "text" };
    case "number":
    case "integer":
    case "boolean":
      return { kind: schema.type };
    case "array":
      return bySchemaOfItems(schema.items);
    default:
      return { kind: "json" };
  }
}

function bySchemaOfItems(items: unknown): Field {
  if (!isObject(items)) return { kind: "json" };
  const choices = choicesOf(items);
  if (choices ? choices.every((one) => typeof one === "string") : items.type === "string")
    return { kind: "texts", choices: (choices ?? []) as string[] };
  return { kind: "json" };
}

function choicesOf(schema: Record<string, unknown>): (string | number | boolean)[] | undefined {
  const { enum: choices } = schema;
  return Array.isArray(choices) && choices.length > 0 && choices.every(isScalar) ? choices : undefined;
}

function fits(field: Field, value: unknown): boolean {
  if (field.kind === "json") return true;
  if (field.kind === "choice") return field.choices.includes(value as string);
  if (field.kind === "texts") return Array.isArray(value) && value.every((one) => typeof one === "string");
  if (field.kind === "text") return typeof value === "string";
  return field.kind === "boolean" ? typeof value === "boolean" : typeof value === "number";
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof JsonText);
}
