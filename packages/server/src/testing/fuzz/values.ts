import fc from "fast-check";
import type { TSchema } from "typebox";

/** Names of things that exist, by the name of the field that takes them. A text in angle brackets is a name that a world fills in. */
export type Known = Readonly<Record<string, readonly string[]>>;

interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly maxItems?: number;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Texts that JSON can carry and that a database, a path or an object's prototype may not take. */
export const hostileTexts = [
  "",
  "\0",
  "a\0b",
  "\u001f\u007f\u0085\u2028",
  "\ud800",
  "a\udc00b",
  "\uffff\ufeff",
  "💥é",
  "__proto__",
  "constructor",
  "toString",
  "%00",
  "..",
  "' or 1=1 --",
  "\\u0000",
  "$1",
  "x".repeat(300),
  "x".repeat(70_000),
];

export const hostileNumbers = [
  -1,
  0,
  0.5,
  -0.5,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  2 ** 63,
  -(2 ** 63),
  2 ** 64,
  1e300,
  -1e300,
];

/** What a schema accepts, simple values more often than long ones. Names that exist are chosen often where a field takes names. */
export function valuesOf(schema: TSchema, known: Known): fc.Arbitrary<unknown> {
  return values(schema as Schema, known, "");
}

function values(schema: Schema, known: Known, field: string): fc.Arbitrary<unknown> {
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((one) => values(one, known, field)));
  if ("const" in schema) return fc.constant(schema.const);
  switch (schema.type) {
    case "object":
      return schema.properties && Object.keys(schema.properties).length > 0
        ? objects(schema.properties, schema.required ?? [], known)
        : maps(schema.patternProperties ?? {}, known, field);
    case "array":
      return fc.array(values(schema.items ?? {}, known, field), { maxLength: Math.min(4, schema.maxItems ?? 4) });
    case "string":
      return texts(schema, known[field] ?? []);
    case "integer":
      return integers(schema);
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    default:
      return "x-quillon-unsupported" in schema ? fc.constantFrom(null, false, "", 0, [], {}) : anything;
  }
}

/** Any JSON. */
const anything = fc.oneof(
  { weight: 3, arbitrary: fc.jsonValue({ maxDepth: 2, stringUnit: "binary" }) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(...hostileTexts, ...hostileNumbers) },
);

/** Has about two of the optional properties, because many at once are nearly always refused together. */
function objects(properties: Readonly<Record<string, Schema>>, required: readonly string[], known: Known) {
  const optional = Object.keys(properties).length - required.length;
  const entries = Object.entries(properties).map(([name, schema]) => {
    const present = values(schema, known, name).map((value): { value: unknown } | undefined => ({ value }));
    const rare = { weight: Math.max(1, optional - 2), arbitrary: fc.constant(undefined) };
    return [name, required.includes(name) ? present : fc.oneof(rare, { weight: 2, arbitrary: present })] as const;
  });
  return fc
    .record(Object.fromEntries(entries))
    .map((made) => Object.fromEntries(Object.entries(made).flatMap(([name, one]) => (one ? [[name, one.value]] : []))));
}

function maps(patterns: Readonly<Record<string, Schema>>, known: Known, field: string): fc.Arbitrary<unknown> {
  const [[pattern, schema] = ["^.*$", {}]] = Object.entries(patterns);
  const key = texts({ pattern }, known[`${field} key`] ?? []);
  return fc
    .array(fc.tuple(key, values(schema, known, `${field} value`)), { maxLength: 3 })
    .map((entries) => Object.fromEntries(entries));
}

function texts(schema: Schema, known: readonly string[]): fc.Arbitrary<string> {
  const { pattern, minLength = 0, maxLength = Number.POSITIVE_INFINITY } = schema;
  const matches = new RegExp(pattern ?? "", "u");
  const fits = (text: string) =>
    text.length >= minLength && text.length <= maxLength && (pattern === undefined || matches.test(text));
  // fast-check makes no text for a pattern that looks ahead. Ours look ahead only to take few texts away.
  const made = pattern && pattern !== "^.*$" ? fc.stringMatching(withoutLookahead(pattern)) : anyText(minLength);
  const hostile = hostileTexts.filter(fits);
  const random = fc.oneof(
    { weight: 3, arbitrary: made.filter(fits) },
    ...(hostile.length > 0 ? [{ weight: 1, arbitrary: fc.constantFrom(...hostile) }] : []),
  );
  if (known.length === 0) return random;
  return fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...known) }, { weight: 1, arbitrary: random });
}

function withoutLookahead(pattern: string): RegExp {
  return new RegExp(pattern.replace(/\(\?![^)]*\)/g, ""));
}

function anyText(minLength: number): fc.Arbitrary<string> {
  return fc.oneof(fc.string({ minLength, maxLength: 12 }), fc.string({ unit: "binary", minLength, maxLength: 12 }));
}

function integers({ minimum = -(2 ** 63), maximum = 2 ** 64 }: Schema): fc.Arbitrary<number> {
  const edges = [minimum, maximum, ...hostileNumbers].filter(
    (number) => Number.isInteger(number) && number >= minimum && number <= maximum,
  );
  const low = Math.max(minimum, -10);
  return fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min: low, max: Math.min(maximum, low + 400) }) },
    { weight: 1, arbitrary: fc.constantFrom(...edges) },
  );
}
