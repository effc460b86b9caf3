import { followAuditLog } from "../../audit/index.ts";
import { auditEventOf } from "../pulumi/audit-event.ts";
import { type Handlers, jsonReply } from "../route.ts";

export const followHandlers = {
  "GET /api/quillon/orgs/{orgName}/auditlogs/follow": async (ctx, { query }) => {
    const events = await followAuditLog(ctx, String(query.after ?? 0));
    return jsonReply({
      auditLogEvents: events.map(({ sequence, ...event }) => ({ sequence: Number(sequence), ...auditEventOf(event) })),
    });
  },
} satisfies Partial<Handlers>;
