export { type ActiveException, readActive } from "./active.ts";
export type { Wish } from "./check.ts";
export { type Exception, exceptionId } from "./exception.ts";
export { makeException, removeException } from "./make.ts";
export { type ExceptedRun, readExceptionsOf } from "./of-update.ts";
export { readException, readExceptions } from "./read.ts";
