import { Type } from "typebox";
import { OrgParams } from "../names.ts";
import type { Routes } from "../route.ts";

const Seconds = Type.Integer({ minimum: 0, maximum: 99_999_999_999 });

/** What newer clients send. */
const filter = {
  continuationToken: Type.Optional(Type.String()),
  /** The exact name of an event. */
  eventFilter: Type.Optional(Type.String()),
  /** The login of the user who did it. */
  userFilter: Type.Optional(Type.String()),
};

const v2 = {
  ...filter,
  /** Unix seconds: events at or after this time. */
  startTime: Type.Optional(Seconds),
  /** Unix seconds: events at or before this time. */
  endTime: Type.Optional(Seconds),
};

/** Older clients read backwards in time, from `startTime` to `endTime`, and have other names for the filters. */
const v1 = {
  ...filter,
  eventType: Type.Optional(Type.String()),
  user: Type.Optional(Type.String()),
  /** Unix seconds: events at or before this time. */
  startTime: Type.Optional(Seconds),
  /** Unix seconds: events at or after this time. */
  endTime: Type.Optional(Seconds),
};

const listFormat = { format: Type.Optional(Type.Literal("json")) };
const exportFormat = {
  /** Default `jsonl`: one JSON object on each line. */
  format: Type.Optional(Type.Union([Type.Literal("jsonl"), Type.Literal("csv"), Type.Literal("cef")])),
};

const event = {
  timestamp: Type.Integer(),
  sourceIP: Type.String(),
  event: Type.String(),
  description: Type.String(),
  user: Type.Object({ name: Type.String(), githubLogin: Type.String(), avatarUrl: Type.String() }),
  actorName: Type.String(),
  tokenID: Type.Optional(Type.String()),
  tokenName: Type.Optional(Type.String()),
  reqOrgAdmin: Type.Optional(Type.Boolean()),
  reqStackAdmin: Type.Optional(Type.Boolean()),
  authFailure: Type.Optional(Type.Boolean()),
  /** The changed values before and after the change. Pulumi's API does not have these fields. */
  before: Type.Optional(Type.Unknown()),
  after: Type.Optional(Type.Unknown()),
};

const page = Type.Object({
  auditLogEvents: Type.Array(Type.Object(event)),
  continuationToken: Type.Optional(Type.String()),
});

const exported = {
  reply: Type.Unsafe<string>({ type: "string", contentMediaType: "application/x-ndjson" }),
  texts: ["text/csv", "text/plain"],
} as const;

export const auditLogRoutes = {
  "GET /api/orgs/{orgName}/auditlogs": {
    summary: "List the events in an organization, newest first, from startTime back to endTime",
    access: "org:admin",
    params: OrgParams,
    query: Type.Object({ ...v1, ...listFormat }),
    reply: page,
  },
  "GET /api/orgs/{orgName}/auditlogs/v2": {
    summary: "List the events in an organization, newest first, between startTime and endTime",
    access: "org:admin",
    params: OrgParams,
    query: Type.Object({ ...v2, ...listFormat }),
    reply: page,
  },
  "GET /api/orgs/{orgName}/auditlogs/export": {
    summary: "Get all events that match as text, newest first, from startTime back to endTime",
    access: "org:admin",
    params: OrgParams,
    query: Type.Object({ ...v1, ...exportFormat }),
    ...exported,
  },
  "GET /api/orgs/{orgName}/auditlogs/v2/export": {
    summary: "Get all events that match as text, newest first, between startTime and endTime",
    access: "org:admin",
    params: OrgParams,
    query: Type.Object({ ...v2, ...exportFormat }),
    ...exported,
  },
  "GET /api/orgs/{orgName}/auditlogs/event-types": {
    summary: "List the events that the audit log can have",
    access: "org:admin",
    params: OrgParams,
    reply: Type.Object({
      eventTypes: Type.Array(
        Type.Object({
          event: Type.String(),
          displayName: Type.String(),
          description: Type.String(),
          requiresOrgAdmin: Type.Boolean(),
          requiresStackAdmin: Type.Boolean(),
          authenticationFailure: Type.Boolean(),
          deprecated: Type.Boolean(),
        }),
      ),
    }),
  },
  "GET /api/quillon/orgs/{orgName}/auditlogs/follow": {
    summary:
      "Get the events after a sequence, oldest first; who passes on the last sequence gets every event exactly once",
    access: "org:admin",
    params: OrgParams,
    query: Type.Object({
      /** The last sequence that was received. Default 0, before the first event. */
      after: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
    }),
    reply: Type.Object({
      /** At most 100. When there are none, nothing has happened yet. */
      auditLogEvents: Type.Array(Type.Object({ sequence: Type.Integer(), ...event })),
    }),
  },
} as const satisfies Routes;
