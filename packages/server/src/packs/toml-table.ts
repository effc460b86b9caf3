import { isObject } from "../json/is-object.ts";

/** A table of a TOML file. */
export type Table = Readonly<Record<string, unknown>>;

/** The value below these keys; undefined when there is none. */
export function at(value: unknown, ...keys: string[]): unknown {
  return keys.reduce((inner, key) => (isObject(inner) ? inner[key] : undefined), value);
}

/** The entries of a table; none when it is not a table. */
export function entriesOf(value: unknown): [string, unknown][] {
  return isObject(value) ? Object.entries(value) : [];
}

/** The values of a table; none when it is not a table. */
export function valuesOf(value: unknown): unknown[] {
  return isObject(value) ? Object.values(value) : [];
}
