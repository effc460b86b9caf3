import { type TSchema, Type } from "typebox";
import type { UnsupportedField } from "./errors/unsupported.ts";
import type { Route } from "./route.ts";

/** The keyword of a field that is known but has no effect here. Its value names the sentence that refuses it. */
export const UNSUPPORTED = "x-quillon-unsupported";

/**
 * A field that Pulumi's API or this server's own replies have, and that this route can't take. Only an empty value (`null`,
 * `false`, 0 or nothing in it) is accepted, because it asks for nothing.
 */
export function Unsupported(sentence: UnsupportedField) {
  return Type.Optional(Type.Unsafe<unknown>({ [UNSUPPORTED]: sentence }));
}

/** The schema that a route's body is checked with. On a `strict` route it has no fields but those that it names. */
export function bodySchema({ body, strict }: Pick<Route, "body" | "strict">): TSchema | undefined {
  return strict && body ? (closed(body) as TSchema) : body;
}

/** Objects that say themselves whether they have other fields are left as they are, and so are maps. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== "object" || schema === null) return schema;
  const copy: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(schema)) copy[key] = closed(value);
  const isOpen = copy.type === "object" && "properties" in copy && !("additionalProperties" in copy);
  return isOpen ? { ...copy, additionalProperties: false } : copy;
}
