export { fold, type SentEvent } from "./fold.ts";
export { readField, readFilter, readRows, readSort } from "./grid.ts";
export type { Finding } from "./list-queries.ts";
export { readAllFindings, readFinding, readFindings, readPolicyOf, readValues } from "./read.ts";
export { recordingOf } from "./result-queries.ts";
export { settleEnded, settleFindings } from "./settle.ts";
export { renameUrns } from "./settle-queries.ts";
export { triageFinding } from "./triage.ts";
