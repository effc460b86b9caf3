export type { Wish } from "./check.ts";
export { type Exception, exceptionId } from "./exception.ts";
export { makeException, removeException } from "./make.ts";
export { readException, readExceptions } from "./read.ts";
