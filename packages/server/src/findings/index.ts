export { fold, type SentEvent } from "./fold.ts";
export { recordingOf } from "./result-queries.ts";
export { settleEnded, settleFindings } from "./settle.ts";
export { renameUrns } from "./settle-queries.ts";
