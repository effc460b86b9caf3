import { compilePattern, type Pattern } from "./pattern.ts";

/** One problem, at a path such as `rules.0.name`. An empty path is the value itself. */
export interface Problem {
  path: string;
  message: string;
}

/** The check takes more steps, or nests deeper, than any ordinary schema and value. */
export class TooMuchWork extends Error {
  override readonly name = "TooMuchWork";
}

const DEEPEST = 200;

/** The state that all steps of one check share. */
export interface Run {
  readonly root: unknown;
  readonly patterns: Map<string, Pattern>;
  left: number;
}

/** The position of one step of a check. */
export interface Walk {
  readonly run: Run;
  readonly path: readonly (string | number)[];
  readonly depth: number;
  readonly problems: Problem[];
}

/** @throws TooMuchWork when the check's budget is used up. */
export function spend(run: Run, steps: number): void {
  run.left -= steps;
  if (run.left < 0) throw new TooMuchWork();
}

export function report(walk: Walk, message: string): void {
  walk.problems.push({ path: walk.path.join("."), message });
}

/** One step deeper, at the same place of the value or, with a key, at a place in it. */
export function deeper(walk: Walk, key?: string | number): Walk {
  if (walk.depth === DEEPEST) throw new TooMuchWork();
  return { ...walk, depth: walk.depth + 1, path: key === undefined ? walk.path : [...walk.path, key] };
}

export function isMatch(run: Run, pattern: string, text: string): boolean {
  let compiled = run.patterns.get(pattern);
  if (!compiled) {
    compiled = compilePattern(pattern);
    run.patterns.set(pattern, compiled);
  }
  spend(run, compiled.cost(text));
  return compiled.isIn(text);
}
