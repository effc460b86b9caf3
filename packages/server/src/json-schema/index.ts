export { findProblems } from "./check.ts";
export { canonical } from "./equal.ts";
export { schemaProblem } from "./hostile.ts";
export { TooMuchWork } from "./walk.ts";
