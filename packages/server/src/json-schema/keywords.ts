import { isObject } from "../json/is-object.ts";
import type { Budget } from "./budget.ts";
import { shorten } from "./evaluation.ts";
import { deeper, type Location, report } from "./location.ts";

export type JsonObject = Record<string, unknown>;

/** The functions of the checker that a keyword may call. */
export interface Checker {
  /** Checks a value against a schema and reports what is wrong. */
  check(location: Location, schema: unknown, value: unknown): void;
  /** Whether the value is valid. Nothing is reported. */
  accepts(location: Location, schema: unknown, value: unknown): boolean;
}

export interface Rule {
  location: Location;
  /** The keyword's own value. */
  rule: unknown;
  /** The schema that the keyword is in. */
  schema: JsonObject;
  value: unknown;
  checker: Checker;
}

export function typeOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

function isOfType(type: unknown, value: unknown): boolean {
  return type === "integer" ? Number.isInteger(value) : type === typeOf(value);
}

/** A rule with a numeric limit for values of one type. Values of other types are valid. */
function limit<T>(
  type: string,
  measure: (value: T, budget: Budget) => number,
  isWithin: (size: number, limit: number) => boolean,
) {
  return (message: (limit: number) => string) =>
    ({ location, rule, value }: Rule) => {
      if (typeof rule !== "number" || typeOf(value) !== type) return;
      if (!isWithin(measure(value as T, location.evaluation.budget), rule)) report(location, message(rule));
    };
}

const itself = (value: number) => value;
const items = (array: unknown[]) => array.length;
const members = (object: object, budget: Budget) => budget.names(object).length;
const atLeast = (size: number, limit: number) => size >= limit;
const atMost = (size: number, limit: number) => size <= limit;

/** A character outside the basic plane is two UTF-16 units and one character. */
function characters(text: string, budget: Budget): number {
  let count = 0;
  for (const _ of budget.text(text)) count += 1;
  return count;
}

/** The keywords about a value as a whole; those that look into arrays and objects are in nested.ts. */
export const keywords: Record<string, (rule: Rule) => void> = {
  type({ location, rule, value }) {
    const { evaluation } = location;
    const types = evaluation.budget.items(Array.isArray(rule) ? rule : [rule]);
    if (types.some((type) => isOfType(type, value))) return;
    const wanted = evaluation.showSome(types, " or ", (one) =>
      typeof one === "string" ? shorten(one) : evaluation.show(one),
    );
    report(location, `must be of type ${wanted}, and is of type ${typeOf(value)}`);
  },
  enum({ location, rule, value }) {
    if (!Array.isArray(rule) || location.evaluation.isOneOf(rule, value)) return;
    report(location, `must be one of ${location.evaluation.showSome(rule, ", ")}`);
  },
  const({ location, rule, value }) {
    const { evaluation } = location;
    if (evaluation.textOf(rule) !== evaluation.textOf(value)) report(location, `must be ${evaluation.show(rule)}`);
  },
  minimum: limit("number", itself, atLeast)((n) => `must be at least ${n}`),
  maximum: limit("number", itself, atMost)((n) => `must be at most ${n}`),
  exclusiveMinimum: limit("number", itself, (size, n) => size > n)((n) => `must be more than ${n}`),
  exclusiveMaximum: limit("number", itself, (size, n) => size < n)((n) => `must be less than ${n}`),
  multipleOf: limit("number", itself, isMultiple)((n) => `must be a multiple of ${n}`),
  minLength: limit("string", characters, atLeast)((n) => `must have at least ${n} characters`),
  maxLength: limit("string", characters, atMost)((n) => `must have at most ${n} characters`),
  minItems: limit("array", items, atLeast)((n) => `must have at least ${n} items`),
  maxItems: limit("array", items, atMost)((n) => `must have at most ${n} items`),
  minProperties: limit("object", members, atLeast)((n) => `must have at least ${n} properties`),
  maxProperties: limit("object", members, atMost)((n) => `must have at most ${n} properties`),
  pattern({ location, rule, value }) {
    if (typeof rule !== "string" || typeof value !== "string") return;
    if (!location.evaluation.isMatch(rule, value)) report(location, `must match the pattern ${rule}`);
  },
  uniqueItems({ location, rule, value }) {
    if (rule !== true || !Array.isArray(value)) return;
    const texts = value.map((item) => location.evaluation.textOf(item));
    if (new Set(texts).size < texts.length) report(location, "must not have an item twice");
  },
  required({ location, rule, value }) {
    if (!Array.isArray(rule) || !isObject(value)) return;
    for (const name of location.evaluation.budget.items(rule)) {
      if (typeof name === "string" && !Object.hasOwn(value, name)) report(deeper(location, name), "is required");
    }
  },
  allOf({ location, rule, value, checker }) {
    if (Array.isArray(rule)) for (const one of rule) checker.check(deeper(location), one, value);
  },
  anyOf({ location, rule, value, checker }) {
    if (!Array.isArray(rule) || rule.some((one) => checker.accepts(location, one, value))) return;
    report(location, "must be valid for at least one of the schema's alternatives");
  },
  oneOf({ location, rule, value, checker }) {
    if (!Array.isArray(rule) || rule.filter((one) => checker.accepts(location, one, value)).length === 1) return;
    report(location, "must be valid for exactly one of the schema's alternatives");
  },
  not({ location, rule, value, checker }) {
    if (checker.accepts(location, rule, value)) report(location, "must not be what the schema excludes");
  },
  if({ location, rule, schema, value, checker }) {
    const branch = checker.accepts(location, rule, value) ? "then" : "else";
    if (Object.hasOwn(schema, branch)) checker.check(deeper(location), schema[branch], value);
  },
};

/** Most decimal fractions are not exact in a double, so the quotient may have a rounding error. */
function isMultiple(value: number, of: number): boolean {
  const quotient = value / of;
  return (
    Number.isFinite(quotient) && Math.abs(quotient - Math.round(quotient)) <= 1e-9 * Math.max(1, Math.abs(quotient))
  );
}
