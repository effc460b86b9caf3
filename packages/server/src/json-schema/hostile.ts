import { isObject } from "../json/is-object.ts";
import { measure } from "../json/measure.ts";
import { Budget, TooMuchWork } from "./budget.ts";
import type { JsonObject } from "./keywords.ts";
import { patternProblem } from "./pattern.ts";
import { resolvePointer } from "./pointer.ts";

const DEEPEST = 32;
const MOST_VALUES = 5_000;
/** After each reference is replaced by its target. */
const MOST_SCHEMAS = 20_000;

const ONE = ["additionalProperties", "propertyNames", "additionalItems", "contains", "not", "if", "then", "else"];
const LISTS = ["allOf", "anyOf", "oneOf"];
const MAPS = ["properties", "patternProperties", "dependencies", "definitions", "$defs"];

class Refusal extends Error {}

/**
 * Why an untrusted JSON Schema is refused before anything is checked against it. It is refused when it is nested too deep,
 * is too large, has circular references or too many of them, or a pattern that can take too much time.
 *
 * @param budget Schemas that are published together share one.
 * @returns a phrase for people, or undefined when the schema may be used.
 */
export function schemaProblem(schema: unknown, budget = new Budget()): string | undefined {
  const { depth, values } = measure(schema);
  if (depth > DEEPEST) return `it is nested ${depth} deep, and ${DEEPEST} is the most`;
  if (values > MOST_VALUES) return `it has ${values} values, and ${MOST_VALUES} is the most`;
  try {
    const counted = countSchemas({ root: schema, budget, known: new Map(), open: new Set() }, schema);
    return counted > MOST_SCHEMAS ? "its references unfold to more schemas than can be checked" : undefined;
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    if (error instanceof TooMuchWork)
      return "its patterns, with those of the policies before it, take too long to check";
    throw error;
  }
}

interface Count {
  root: unknown;
  budget: Budget;
  known: Map<object, number>;
  /** The schemas that contain the one being counted. One that is met again is a circular reference. */
  open: Set<object>;
}

function countSchemas(count: Count, schema: unknown): number {
  if (!isObject(schema)) return 1;
  const known = count.known.get(schema);
  if (known !== undefined) return known;
  if (count.open.has(schema)) throw new Refusal("it has a reference that leads back to itself");
  count.open.add(schema);
  checkPatterns(count.budget, schema);
  const total = subschemas(count.root, schema).reduce<number>((sum, sub) => sum + countSchemas(count, sub), 1);
  count.open.delete(schema);
  count.known.set(schema, total);
  return total;
}

function checkPatterns(budget: Budget, schema: JsonObject): void {
  const patterns = isObject(schema.patternProperties) ? Object.keys(schema.patternProperties) : [];
  if (typeof schema.pattern === "string") patterns.push(schema.pattern);
  for (const pattern of patterns) {
    const problem = patternProblem(pattern, budget);
    if (problem) throw new Refusal(`its pattern ${JSON.stringify(pattern.slice(0, 100))} ${problem}`);
  }
}

function subschemas(root: unknown, schema: JsonObject): unknown[] {
  if (typeof schema.$ref === "string") {
    const target = resolvePointer(root, schema.$ref);
    if (target === undefined) throw new Refusal(`it refers to ${schema.$ref.slice(0, 100)}, which is not in it`);
    return [target];
  }
  const { items } = schema;
  return [
    ...(Array.isArray(items) ? items : [items]),
    ...ONE.map((keyword) => schema[keyword]),
    ...LISTS.flatMap((keyword) => (Array.isArray(schema[keyword]) ? (schema[keyword] as unknown[]) : [])),
    ...MAPS.flatMap((keyword) => (isObject(schema[keyword]) ? Object.values(schema[keyword]) : [])),
  ].filter((sub) => sub !== undefined);
}
