import type { OrgCtx, Tx } from "../context.ts";
import { insertAuditEvent } from "./queries.ts";

/** The names of what is recorded, as the audit log shows them and as its filter takes them. */
export type AuditEventName =
  | "Policy Pack Published"
  | "Policy Pack Removed"
  | "Policy Pack Version Removed"
  | "Policy Group Created"
  | "Policy Group Updated"
  | "Policy Group Removed"
  | "Policy Issue Updated";

/**
 * Records in the organization's audit log what the caller has changed. It takes the transaction of the change, so that
 * either both are stored or neither is.
 */
export async function recordAudit(
  tx: Tx<OrgCtx>,
  event: {
    event: AuditEventName;
    /** One sentence for people, without a full stop. */
    description: string;
    /** What it was before and after, as JSON texts. They must not hold secrets. */
    before?: string | undefined;
    after?: string | undefined;
  },
): Promise<void> {
  const { db, org, actor, ip } = tx;
  await insertAuditEvent(db, {
    organizationId: org.id,
    userId: actor.userId,
    login: actor.login,
    name: actor.name,
    tokenName: actor.tokenName,
    sourceIp: ip,
    ...event,
  });
}
