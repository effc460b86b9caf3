import { type AuditQuery, readAuditLog } from "../../audit/index.ts";
import type { OrgCtx } from "../../context.ts";
import { type Handlers, json } from "../route.ts";

const answer = async (ctx: OrgCtx, { query }: { query: AuditQuery }) => json(await readAuditLog(ctx, query));

export const auditLogHandlers = {
  "GET /api/orgs/{orgName}/auditlogs": answer,
  "GET /api/orgs/{orgName}/auditlogs/v2": answer,
} satisfies Partial<Handlers>;
