export { type ActiveException, type ActiveOfPack, readActive } from "./active.ts";
export type { Wish } from "./check.ts";
export { engineAppliesExceptions } from "./clients.ts";
export { holdActive, listEnded } from "./ended-queries.ts";
export { type Exception, exceptionId } from "./exception.ts";
export { recordLapsed } from "./lapse.ts";
export { makeException, removeException } from "./make.ts";
export { setNeeded } from "./needed-queries.ts";
export { type ExceptedRun, readExceptionsOf } from "./of-update.ts";
export { readEffect } from "./older-clis.ts";
export { type Gone, setOpening, takeOpening } from "./opening-queries.ts";
export { readException, readExceptions, readWhole, type WholeException } from "./read.ts";
export type { RequestEventRow } from "./request-event-queries.ts";
export { commentRequest, readRequestEvents } from "./request-history.ts";
export type { ExceptionRequestRow } from "./request-queries.ts";
export {
  applyRequest,
  approveRequest,
  closeRequest,
  draftException,
  REVISION,
  readRequest,
  readRequests,
  submitRequest,
  unapproveRequest,
} from "./requests.ts";
export type { ExceptionRules } from "./rule.ts";
export { readExceptionRules, setExceptionRules } from "./set-rules.ts";
export { notesOf, type StackNotes } from "./stack-notes.ts";
export { tellOfEnds } from "./telling.ts";
export type { Told } from "./telling-queries.ts";
