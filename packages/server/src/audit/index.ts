export { followAuditLog } from "./follow.ts";
export { type AuditedEvent, countEvents, type EventCount } from "./queries.ts";
export { readAuditLog, readWholeAuditLog } from "./read.ts";
export {
  type AuditEvent,
  findRecorded,
  OPERATOR,
  type Recorder,
  recordAll,
  recordAudit,
  recordOnce,
  SERVER,
} from "./record.ts";
export { auditRemoval } from "./remove.ts";
