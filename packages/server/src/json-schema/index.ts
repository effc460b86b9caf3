export { Budget, TooMuchWork } from "./budget.ts";
export { findProblems } from "./check.ts";
export { canonical } from "./equal.ts";
export { schemaProblem } from "./hostile.ts";
