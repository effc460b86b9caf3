export { findProblems } from "./check.ts";
export { schemaProblem } from "./hostile.ts";
export { TooMuchWork } from "./walk.ts";
