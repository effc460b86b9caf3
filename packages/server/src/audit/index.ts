export { type AuditQuery, readAuditLog } from "./read.ts";
export { recordAudit } from "./record.ts";
