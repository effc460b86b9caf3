import { isObject } from "../json/is-object.ts";
import { type Checker, keywords } from "./keywords.ts";
import { nestedKeywords } from "./nested.ts";
import { deeper, type Problem, type Run, report, spend, type Walk } from "./walk.ts";

const rules = new Map(Object.entries({ ...keywords, ...nestedKeywords }));

/** About a second of one core, with room for any schema and value that people write. */
const BUDGET = 1_000_000;

/**
 * Everything that is wrong with `value` by a JSON Schema of draft 7, in the order of the schema. It interprets a schema
 * that a stranger wrote: no code is generated, patterns take linear time, and the work is bounded. Keywords that it does
 * not know, and such as are malformed, ask for nothing, as the specification has it; `format` is a comment.
 *
 * @throws TooMuchWork
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

/** What a reference such as `#/definitions/port` points to in the schema; undefined when that is nothing. */
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
