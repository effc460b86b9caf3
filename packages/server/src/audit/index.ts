export { followAuditLog } from "./follow.ts";
export type { AuditedEvent } from "./queries.ts";
export { readAuditLog, readWholeAuditLog } from "./read.ts";
export { OPERATOR, type Recorder, recordAudit, recordOnce } from "./record.ts";
