import { isObject } from "../json/is-object.ts";
import { type Checker, keywords } from "./keywords.ts";
import { nestedKeywords } from "./nested.ts";
import { deeper, type Problem, type Run, report, spend, type Walk } from "./walk.ts";

const rules = new Map(Object.entries({ ...keywords, ...nestedKeywords }));

/** About a second of one core, with room for any schema and value that people write. */
const BUDGET = 1_000_000;

/**
 * Everything that is wrong with `value` according to a JSON Schema of draft 7, in the order of the schema. The schema need
 * not be trusted: no code is generated, patterns take linear time, and the work is bounded. As the specification says,
 * unknown keywords are ignored. Malformed keywords and `format` are ignored too.
 *
 * @throws TooMuchWork when the check needs more steps than `budget`, or nests too deep.
 */
export function findProblems(schema: unknown, value: unknown, budget = BUDGET): Problem[] {
  const problems: Problem[] = [];
  const run: Run = { root: schema, patterns: new Map(), left: budget };
  check({ run, path: [], depth: 0, problems }, schema, value);
  return problems;
}

function check(walk: Walk, schema: unknown, value: unknown): void {
  spend(walk.run, 1);
  if (schema === false) report(walk, "is not allowed");
  if (!isObject(schema)) return;
  if (typeof schema.$ref === "string") {
    check(deeper(walk), resolvePointer(walk.run.root, schema.$ref), value);
    return;
  }
  for (const [keyword, rule] of Object.entries(schema)) rules.get(keyword)?.({ walk, rule, schema, value, checker });
}

const checker: Checker = {
  check,
  accepts(walk, schema, value) {
    const problems: Problem[] = [];
    check({ ...deeper(walk), problems }, schema, value);
    return problems.length === 0;
  },
};

/** What a reference such as `#/definitions/port` points to in the schema; undefined when it does not exist. */
export function resolvePointer(root: unknown, reference: string): unknown {
  if (reference === "#") return root;
  if (!reference.startsWith("#/")) return undefined;
  return reference
    .slice(2)
    .split("/")
    .map((part) => decode(part).replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce<unknown>((at, key) => (isContainer(at) && Object.hasOwn(at, key) ? at[key] : undefined), root);
}

function isContainer(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
