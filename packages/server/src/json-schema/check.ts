import { isObject } from "../json/is-object.ts";
import { Budget } from "./budget.ts";
import { type Checker, keywords } from "./keywords.ts";
import { nestedKeywords } from "./nested.ts";
import { Run } from "./run.ts";
import { deeper, type Problem, report, type Walk } from "./walk.ts";

const rules = new Map(Object.entries({ ...keywords, ...nestedKeywords }));

/**
 * Everything that is wrong with `value` according to a JSON Schema of draft 7, in the order of the schema. The schema need
 * not be trusted: no code is generated, patterns take linear time, and the work is bounded. As the specification says,
 * unknown keywords are ignored. Malformed keywords and `format` are ignored too.
 *
 * @param budget Checks that belong together share one.
 * @throws TooMuchWork when the budget is used up, or the check nests too deep.
 */
export function findProblems(schema: unknown, value: unknown, budget = new Budget()): Problem[] {
  const problems: Problem[] = [];
  check({ run: new Run(schema, budget), path: [], depth: 0, problems }, schema, value);
  return problems;
}

function check(walk: Walk, schema: unknown, value: unknown): void {
  const { run } = walk;
  run.budget.spend(1);
  if (schema === false) report(walk, "is not allowed");
  if (!isObject(schema)) return;
  if (typeof schema.$ref === "string") {
    check(deeper(walk), run.target(schema.$ref), value);
    return;
  }
  for (const [keyword, rule] of run.budget.members(schema)) {
    rules.get(keyword)?.({ walk, rule, schema, value, checker });
  }
}

const checker: Checker = {
  check,
  accepts(walk, schema, value) {
    const problems: Problem[] = [];
    check({ ...deeper(walk), problems }, schema, value);
    return problems.length === 0;
  },
};
