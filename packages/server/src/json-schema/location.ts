import { TooMuchWork } from "./budget.ts";
import { type Evaluation, shorten } from "./evaluation.ts";

/** One problem, at a path such as `rules.0.name`. An empty path is the value itself. */
export interface Problem {
  path: string;
  message: string;
}

const DEEPEST = 200;
const LONGEST_MESSAGE = 600;

/** The position of one step of a check. */
export interface Location {
  readonly evaluation: Evaluation;
  readonly path: readonly (string | number)[];
  readonly depth: number;
  readonly problems: Problem[];
}

/** Reporting is work too: a check that finds a million problems would keep them all. */
export function report(location: Location, message: string): void {
  const { budget } = location.evaluation;
  const problem = {
    path: budget.text(location.path.join(".")),
    message: budget.text(shorten(message, LONGEST_MESSAGE)),
  };
  budget.spend(10);
  location.problems.push(problem);
}

/** One step deeper, at the same place of the value or, with a key, at a place in it. */
export function deeper(location: Location, key?: string | number): Location {
  if (location.depth === DEEPEST) throw new TooMuchWork();
  location.evaluation.budget.spend(location.path.length / 10);
  return { ...location, depth: location.depth + 1, path: key === undefined ? location.path : [...location.path, key] };
}
