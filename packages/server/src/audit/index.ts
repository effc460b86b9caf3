export { type AuditQuery, readAuditLog } from "./read.ts";
export { type AuditEvent, recordAudit } from "./record.ts";
