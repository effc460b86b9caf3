import { isObject } from "../json/is-object.ts";
import { Budget } from "./budget.ts";
import { Evaluation } from "./evaluation.ts";
import { type Checker, keywords } from "./keywords.ts";
import { deeper, type Location, type Problem, report } from "./location.ts";
import { nestedKeywords } from "./nested.ts";

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
  check({ evaluation: new Evaluation(schema, budget), path: [], depth: 0, problems }, schema, value);
  return problems;
}

function check(location: Location, schema: unknown, value: unknown): void {
  const { evaluation } = location;
  evaluation.budget.spend(1);
  if (schema === false) report(location, "is not allowed");
  if (!isObject(schema)) return;
  if (typeof schema.$ref === "string") {
    check(deeper(location), evaluation.target(schema.$ref), value);
    return;
  }
  for (const [keyword, rule] of evaluation.budget.members(schema)) {
    rules.get(keyword)?.({ location, rule, schema, value, checker });
  }
}

const checker: Checker = {
  check,
  accepts(location, schema, value) {
    const problems: Problem[] = [];
    check({ ...deeper(location), problems }, schema, value);
    return problems.length === 0;
  },
};
