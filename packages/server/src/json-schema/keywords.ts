import { isObject } from "../json/is-object.ts";
import type { Budget } from "./budget.ts";
import { shorten } from "./run.ts";
import { deeper, report, type Walk } from "./walk.ts";

export type JsonObject = Record<string, unknown>;

/** The functions of the checker that a keyword may call. */
export interface Checker {
  /** Checks a value against a schema and reports what is wrong. */
  check(walk: Walk, schema: unknown, value: unknown): void;
  /** Whether the value is valid. Nothing is reported. */
  accepts(walk: Walk, schema: unknown, value: unknown): boolean;
}

export interface Rule {
  walk: Walk;
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
    ({ walk, rule, value }: Rule) => {
      if (typeof rule !== "number" || typeOf(value) !== type) return;
      if (!isWithin(measure(value as T, walk.run.budget), rule)) report(walk, message(rule));
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
  type({ walk, rule, value }) {
    const { run } = walk;
    const types = run.budget.items(Array.isArray(rule) ? rule : [rule]);
    if (types.some((type) => isOfType(type, value))) return;
    const wanted = run.showSome(types, " or ", (one) => (typeof one === "string" ? shorten(one) : run.show(one)));
    report(walk, `must be of type ${wanted}, and is of type ${typeOf(value)}`);
  },
  enum({ walk, rule, value }) {
    if (!Array.isArray(rule) || walk.run.isOneOf(rule, value)) return;
    report(walk, `must be one of ${walk.run.showSome(rule, ", ")}`);
  },
  const({ walk, rule, value }) {
    const { run } = walk;
    if (run.textOf(rule) !== run.textOf(value)) report(walk, `must be ${run.show(rule)}`);
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
  pattern({ walk, rule, value }) {
    if (typeof rule !== "string" || typeof value !== "string") return;
    if (!walk.run.isMatch(rule, value)) report(walk, `must match the pattern ${rule}`);
  },
  uniqueItems({ walk, rule, value }) {
    if (rule !== true || !Array.isArray(value)) return;
    const texts = value.map((item) => walk.run.textOf(item));
    if (new Set(texts).size < texts.length) report(walk, "must not have an item twice");
  },
  required({ walk, rule, value }) {
    if (!Array.isArray(rule) || !isObject(value)) return;
    for (const name of walk.run.budget.items(rule)) {
      if (typeof name === "string" && !Object.hasOwn(value, name)) report(deeper(walk, name), "is required");
    }
  },
  allOf({ walk, rule, value, checker }) {
    if (Array.isArray(rule)) for (const one of rule) checker.check(deeper(walk), one, value);
  },
  anyOf({ walk, rule, value, checker }) {
    if (!Array.isArray(rule) || rule.some((one) => checker.accepts(walk, one, value))) return;
    report(walk, "must be valid for at least one of the schema's alternatives");
  },
  oneOf({ walk, rule, value, checker }) {
    if (!Array.isArray(rule) || rule.filter((one) => checker.accepts(walk, one, value)).length === 1) return;
    report(walk, "must be valid for exactly one of the schema's alternatives");
  },
  not({ walk, rule, value, checker }) {
    if (checker.accepts(walk, rule, value)) report(walk, "must not be what the schema excludes");
  },
  if({ walk, rule, schema, value, checker }) {
    const branch = checker.accepts(walk, rule, value) ? "then" : "else";
    if (Object.hasOwn(schema, branch)) checker.check(deeper(walk), schema[branch], value);
  },
};

/** Most decimal fractions are not exact in a double, so the quotient may have a rounding error. */
function isMultiple(value: number, of: number): boolean {
  const quotient = value / of;
  return (
    Number.isFinite(quotient) && Math.abs(quotient - Math.round(quotient)) <= 1e-9 * Math.max(1, Math.abs(quotient))
  );
}
