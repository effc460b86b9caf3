import type { Api, QueryOf } from "@quillon/contract";
import { type AuditedEvent, readAuditLog } from "../../audit/index.ts";
import type { OrgCtx } from "../../context.ts";
import { verbatim } from "../../json/write.ts";
import { type Handlers, jsonReply } from "../route.ts";
import { unixSeconds, userInfo } from "./shapes.ts";

type Query = QueryOf<Api["GET /api/orgs/{orgName}/auditlogs"]>;

/** Newer CLIs read the log at its second path: https://github.com/pulumi/pulumi/blob/v3.274.1/pkg/backend/httpstate/client/client.go#L1863 */
export const auditLogHandlers = {
  "GET /api/orgs/{orgName}/auditlogs": listEvents,
  "GET /api/orgs/{orgName}/auditlogs/v2": listEvents,
} satisfies Partial<Handlers>;

async function listEvents(ctx: OrgCtx, { query }: { query: Query }) {
  const { events, continuationToken } = await readAuditLog(ctx, {
    from: secondOf(query.startTime),
    until: secondOf(query.endTime, 1),
    event: query.eventFilter,
    login: query.userFilter,
    continuationToken: query.continuationToken,
  });
  return jsonReply({ auditLogEvents: events.map(eventOf), ...(continuationToken && { continuationToken }) });
}

/** Pulumi's API has times in whole seconds, so `until` includes the whole last second. */
function secondOf(seconds: number | undefined, more = 0): Date | undefined {
  return seconds === undefined ? undefined : new Date((seconds + more) * 1000);
}

function eventOf({ at, sourceIp, event, description, tokenName, before, after, ...user }: AuditedEvent) {
  return {
    timestamp: unixSeconds(at),
    sourceIP: sourceIp,
    event,
    description,
    user: userInfo(user),
    actorName: user.name,
    ...(tokenName && { tokenName }),
    ...(before !== null && { before: verbatim(before) }),
    ...(after !== null && { after: verbatim(after) }),
  };
}
