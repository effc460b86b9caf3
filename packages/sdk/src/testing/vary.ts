import type { ResourceLiteral } from "./resource.ts";
import { secret, unknown } from "./values.ts";

/** A resource literal with one change. */
export interface Variation {
  /** What was changed, to be used in the name of a test: `acl unknown`, `tags.owner absent`. */
  change: string;
  /** The changed literal. */
  resource: ResourceLiteral;
}

/**
 * Makes variations of a resource. Each has one property that is unknown, secret, absent, null, empty, or of another type.
 * A policy should have a result for each of them. Which one is right, only the test can say.
 *
 * @example
 * for (const { change, resource } of vary(bucket)) {
 *   test(`a bucket with ${change}`, () => pack.analyze(resource));
 * }
 */
export function vary(resource: ResourceLiteral): Variation[] {
  const props = resource.props ?? {};
  return paths(props).flatMap((path) => {
    const value = path.reduce<any>((at, key) => at[key], props);
    return Object.entries(changes(value)).map(([change, replacement]) => ({
      change: `${path.join(".")} ${change}`,
      resource: { ...resource, props: replaced(props, path, replacement) as Record<string, unknown> },
    }));
  });
}

const ABSENT = Symbol("absent");

/** The values that replace a value in variations, by the name of the change. */
function changes(value: unknown): Record<string, unknown> {
  const common = { unknown: unknown(), secret: secret(value), absent: ABSENT, null: null };
  if (typeof value === "string") return { ...common, empty: "", "a number": 42 };
  if (typeof value === "number") return { ...common, zero: 0, negative: -1, "a text": String(value) };
  if (typeof value === "boolean") return { ...common, turned: !value, "a text": String(value) };
  if (Array.isArray(value)) return { ...common, empty: [], twice: [...value, ...value] };
  return { ...common, empty: {} };
}

function paths(value: unknown, path: string[] = []): string[][] {
  if (!isPlain(value)) return [];
  return Object.keys(value).flatMap((key) => {
    const inner = [...path, key];
    return [inner, ...paths((value as Record<string, unknown>)[key], inner)];
  });
}

function replaced(value: unknown, [key, ...rest]: string[], replacement: unknown): unknown {
  if (key === undefined) return replacement;
  const copy: any = Array.isArray(value) ? [...value] : { ...(value as object) };
  const inner = replaced(copy[key], rest, replacement);
  if (inner !== ABSENT) copy[key] = inner;
  else if (Array.isArray(copy)) copy.splice(Number(key), 1);
  else delete copy[key];
  return copy;
}

/** Whether variations also change single parts of a value. Secrets and assets are only changed as a whole. */
function isPlain(value: unknown): value is object {
  return Array.isArray(value) || (typeof value === "object" && value?.constructor === Object);
}
