import type { IncomingHttpHeaders } from "node:http";
import { type Api, type AuditEventType, auditEvents, newError, type QueryOf } from "@quillon/contract";
import { readAuditLog, readWholeAuditLog } from "../../audit/index.ts";
import type { OrgCtx } from "../../context.ts";
import { nearest } from "../nearest.ts";
import { type Handlers, jsonReply, type RawReply, streamReply } from "../route.ts";
import { auditEventOf, wholeAuditEventOf } from "./audit-event.ts";
import { auditFormats } from "./audit-formats.ts";
import { asksForPulumi } from "./clients.ts";

const LIST = "GET /api/orgs/{orgName}/auditlogs";
const EXPORT = "GET /api/orgs/{orgName}/auditlogs/export";

/** Newer CLIs read the log at its second path: https://github.com/pulumi/pulumi/blob/v3.274.1/pkg/backend/httpstate/client/client.go#L1863 */
export const auditLogHandlers = {
  [LIST]: (ctx, { query, headers }) => list(ctx, fromV1(query), headers),
  "GET /api/orgs/{orgName}/auditlogs/v2": (ctx, { query, headers }) => list(ctx, fromV2(query), headers),
  [EXPORT]: (ctx, { query }) => sendAll(ctx, fromV1(query), query.format),
  "GET /api/orgs/{orgName}/auditlogs/v2/export": (ctx, { query }) => sendAll(ctx, fromV2(query), query.format),
  "GET /api/orgs/{orgName}/auditlogs/event-types": async () => ({
    eventTypes: Object.entries(auditEvents).map(([event, type]) => eventTypeOf(event, type)),
  }),
} satisfies Partial<Handlers>;

type V1 = Omit<QueryOf<Api[typeof EXPORT]>, "format">;
type V2 = Omit<QueryOf<Api["GET /api/orgs/{orgName}/auditlogs/v2/export"]>, "format">;

/**
 * Clients before 3.274 call the end of the time `startTime`, because they read backwards from there:
 * https://github.com/pulumi/pulumi/blob/v3.250.0/pkg/backend/httpstate/client/client.go#L1719
 */
function fromV1({ startTime, endTime, eventType, user, ...query }: V1) {
  const { eventFilter = eventType, userFilter = user } = query;
  return fromV2({ ...query, startTime: endTime, endTime: startTime, eventFilter, userFilter });
}

type Unset<T> = { [K in keyof T]: T[K] | undefined };

function fromV2({ startTime, endTime, eventFilter, userFilter, continuationToken }: Unset<V2>) {
  return {
    from: secondOf(startTime),
    until: secondOf(endTime, 1),
    // The newest CLI sends no filter that is not set, but a client that sends an empty one means none.
    event: eventFilter ? knownEvent(eventFilter) : undefined,
    login: userFilter || undefined,
    continuationToken,
  };
}

/** A name that is none would list nothing, and nobody would know why. @throws invalid_input */
function knownEvent(event: string): string {
  if (Object.hasOwn(auditEvents, event)) return event;
  throw newError("invalid_input", { problem: "audit_event", event, nearest: nearest(event, Object.keys(auditEvents)) });
}

type Wanted = ReturnType<typeof fromV2>;

async function list(ctx: OrgCtx, wanted: Wanted, client: IncomingHttpHeaders) {
  const { events, continuationToken } = await readAuditLog(ctx, wanted);
  const shape = asksForPulumi(client) ? auditEventOf : wholeAuditEventOf;
  return jsonReply({ auditLogEvents: events.map(shape), ...(continuationToken && { continuationToken }) });
}

function sendAll(ctx: OrgCtx, wanted: Wanted, format: keyof typeof auditFormats = "jsonl"): Promise<RawReply> {
  const { contentType, header, line } = auditFormats[format];
  return streamReply(readWholeAuditLog(ctx, wanted), { contentType, start: header, item: line });
}

/** Pulumi's API has times in whole seconds, so `until` includes the whole last second. */
function secondOf(seconds: number | undefined, more = 0): Date | undefined {
  return seconds === undefined ? undefined : new Date((seconds + more) * 1000);
}

function eventTypeOf(event: string, { description, requires, refusal }: AuditEventType) {
  return {
    event,
    displayName: event,
    description,
    requiresOrgAdmin: requires === "org:admin",
    requiresStackAdmin: requires === "stack:admin",
    authenticationFailure: refusal ?? false,
    deprecated: false,
  };
}
