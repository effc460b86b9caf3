import { Type } from "typebox";
import { OrgParams } from "../names.ts";
import type { Routes } from "../route.ts";

const Seconds = Type.Integer({ minimum: 0, maximum: 99_999_999_999 });

const query = Type.Object({
  continuationToken: Type.Optional(Type.String()),
  /** Unix seconds: events at or after this time. */
  startTime: Type.Optional(Seconds),
  /** Unix seconds: events at or before this time. */
  endTime: Type.Optional(Seconds),
  /** The exact name of an event. */
  eventFilter: Type.Optional(Type.String()),
  /** The login of the user who made the change. */
  userFilter: Type.Optional(Type.String()),
  format: Type.Optional(Type.Literal("json")),
});

const reply = Type.Object({
  auditLogEvents: Type.Array(
    Type.Object({
      timestamp: Type.Integer(),
      sourceIP: Type.String(),
      event: Type.String(),
      description: Type.String(),
      user: Type.Object({ name: Type.String(), githubLogin: Type.String(), avatarUrl: Type.String() }),
      actorName: Type.String(),
      tokenName: Type.Optional(Type.String()),
      /** The changed values before and after the change. Pulumi's API does not have these fields. */
      before: Type.Optional(Type.Unknown()),
      after: Type.Optional(Type.Unknown()),
    }),
  ),
  continuationToken: Type.Optional(Type.String()),
});

export const auditLogRoutes = {
  "GET /api/orgs/{orgName}/auditlogs": {
    summary: "List the changes in an organization, and who made them, newest first",
    access: "org:admin",
    params: OrgParams,
    query,
    reply,
  },
  "GET /api/orgs/{orgName}/auditlogs/v2": {
    summary: "List the changes in an organization, at the path that newer clients use",
    access: "org:admin",
    params: OrgParams,
    query,
    reply,
  },
} as const satisfies Routes;
