export type { AuditedEvent } from "./queries.ts";
export { readAuditLog } from "./read.ts";
export { recordAudit } from "./record.ts";
