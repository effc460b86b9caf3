import { isObject } from "./is-object.ts";
import { type Span, scanJson, stringAt, type Wanted } from "./scan.ts";

/** What a schema describes of a JSON text, and where each of it is. */
export interface Projection {
  /**
   * Has what the schema names, and nothing else. An object or array that the schema does not describe further is an empty
   * one: its place is in `span`, and how many values are in it.
   */
  readonly value: unknown;
  readonly span: Span;
}

type Schema = Record<string, unknown>;

/**
 * Reads of a JSON text only what a schema names, so that a large text costs little memory. The value still has to be
 * validated with the schema.
 *
 * @throws JsonError
 */
export function project(json: Buffer, schema: object): Projection {
  const span = scanJson(json, wantedBy(schema as Schema));
  return { value: valueAt(json, span), span };
}

/**
 * What TypeBox writes for objects, records, arrays, and a union of one of them with scalars. Other schemas describe a value
 * that is read if it is a scalar.
 */
function wantedBy(schema: Schema): Wanted {
  const { properties, patternProperties, items, anyOf } = schema;
  if (Array.isArray(anyOf)) return wantedBy(anyOf[0]);
  if (isObject(properties) && Object.keys(properties).length > 0) {
    const members = Object.entries(properties).map(([key, of]) => [key, wantedBy(of as Schema)]);
    return { members: Object.fromEntries(members) };
  }
  const [all] = isObject(patternProperties) ? Object.values(patternProperties) : [];
  if (isObject(all)) return { all: wantedBy(all) };
  return isObject(items) && Object.keys(items).length > 0 ? { each: wantedBy(items) } : {};
}

function valueAt(json: Buffer, { start, end, members, elements }: Span): unknown {
  switch (json[start]) {
    case 0x7b: {
      const value: Record<string, unknown> = {};
      for (const [key, span] of members) setOwn(value, key, valueAt(json, span));
      return value;
    }
    case 0x5b:
      return elements.map((span) => valueAt(json, span));
    case 0x22:
      return stringAt(json, start, end);
    default:
      return JSON.parse(json.toString("utf8", start, end));
  }
}

/** An assignment to this one key would set the prototype. */
function setOwn(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key === "__proto__")
    Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true });
  else object[key] = value;
}

/** The bytes of a value in the text that it was found in. */
export function bytesOf(json: Buffer, { start, end }: Pick<Span, "start" | "end">): Buffer {
  return json.subarray(start, end);
}
