import { Type } from "typebox";
import { OrgParams } from "../names.ts";
import type { Routes } from "../route.ts";

const Seconds = Type.Integer({ minimum: 0, maximum: 99_999_999_999 });

const query = Type.Object({
  continuationToken: Type.Optional(Type.String()),
  /** Seconds since 1970; events at or after it. */
  startTime: Type.Optional(Seconds),
  /** Likewise; events at or before it. */
  endTime: Type.Optional(Seconds),
  /** The exact name of an event. */
  eventFilter: Type.Optional(Type.String()),
  /** The login of who did it. */
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
      /** What it was and what it became, as far as it changed; Pulumi's API has no such fields. */
      before: Type.Optional(Type.Unknown()),
      after: Type.Optional(Type.Unknown()),
    }),
  ),
  continuationToken: Type.Optional(Type.String()),
});

export const auditLogRoutes = {
  "GET /api/orgs/{orgName}/auditlogs": {
    summary: "Who changed what in the organization, newest first",
    access: "org:admin",
    params: OrgParams,
    query,
    reply,
  },
  "GET /api/orgs/{orgName}/auditlogs/v2": {
    summary: "The same, at the path of newer clients",
    access: "org:admin",
    params: OrgParams,
    query,
    reply,
  },
} as const satisfies Routes;
