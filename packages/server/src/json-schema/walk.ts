import { TooMuchWork } from "./budget.ts";
import { type Run, shorten } from "./run.ts";

/** One problem, at a path such as `rules.0.name`. An empty path is the value itself. */
export interface Problem {
  path: string;
  message: string;
}

const DEEPEST = 200;
const LONGEST_MESSAGE = 600;

/** The position of one step of a check. */
export interface Walk {
  readonly run: Run;
  readonly path: readonly (string | number)[];
  readonly depth: number;
  readonly problems: Problem[];
}

/** Reporting is work too: a check that finds a million problems would keep them all. */
export function report(walk: Walk, message: string): void {
  const { budget } = walk.run;
  const problem = { path: budget.text(walk.path.join(".")), message: budget.text(shorten(message, LONGEST_MESSAGE)) };
  budget.spend(10);
  walk.problems.push(problem);
}

/** One step deeper, at the same place of the value or, with a key, at a place in it. */
export function deeper(walk: Walk, key?: string | number): Walk {
  if (walk.depth === DEEPEST) throw new TooMuchWork();
  walk.run.budget.spend(walk.path.length / 10);
  return { ...walk, depth: walk.depth + 1, path: key === undefined ? walk.path : [...walk.path, key] };
}
