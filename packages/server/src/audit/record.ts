import type { OrgCtx } from "../context.ts";
import { insertEvent } from "./queries.ts";

/** The names of what is recorded, as the audit log shows them and as `eventFilter` takes them. */
export type AuditEvent =
  | "Policy Pack Published"
  | "Policy Pack Removed"
  | "Policy Pack Version Removed"
  | "Policy Group Created"
  | "Policy Group Updated"
  | "Policy Group Removed";

export interface AuditEntry {
  event: AuditEvent;
  /** One sentence for people, without a full stop. */
  description: string;
  /** What it was and what it became; JSON texts, of which nothing may be a secret. */
  before?: string | undefined;
  after?: string | undefined;
}

/**
 * Puts one event into the organization's log. It takes the transaction of the change that it tells of: both are there, or
 * neither is.
 */
export async function recordAudit(tx: OrgCtx, entry: AuditEntry): Promise<void> {
  const { db, org, actor, ip } = tx;
  await insertEvent(db, {
    organizationId: org.id,
    userId: actor.userId,
    login: actor.login,
    name: actor.name,
    tokenName: actor.tokenName,
    sourceIp: ip,
    ...entry,
  });
}
