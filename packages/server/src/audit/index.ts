export { followAuditLog } from "./follow.ts";
export type { AuditedEvent, FollowedEvent } from "./queries.ts";
export { readAuditLog, readWholeAuditLog } from "./read.ts";
export { OPERATOR, type Recorder, recordAudit, recordOnce } from "./record.ts";
