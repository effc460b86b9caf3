import { Type } from "typebox";
import { OrgName, OrgParams, Role } from "../names.ts";
import type { Routes } from "../route.ts";

export const userRoutes = {
  "GET /api/user": {
    summary: "Who the token belongs to, and the organizations they are in",
    access: "user",
    reply: Type.Object({
      id: Type.String(),
      githubLogin: Type.String(),
      name: Type.String(),
      email: Type.String(),
      avatarUrl: Type.String(),
      organizations: Type.Array(
        Type.Object({ name: Type.String(), githubLogin: Type.String(), avatarUrl: Type.String() }),
      ),
      identities: Type.Array(Type.String()),
      siteAdmin: Type.Boolean(),
      /** Whose the token is, when it is not a person's. */
      tokenInfo: Type.Optional(
        Type.Object({ name: Type.String(), organization: Type.String(), team: Type.Optional(Type.String()) }),
      ),
    }),
  },
  "GET /api/user/organizations/default": {
    summary: "The organization that unqualified stack names belong to",
    access: "user",
    reply: Type.Object({ gitHubLogin: Type.String() }),
  },
  "GET /api/capabilities": {
    summary: "Optional parts of the protocol that this server speaks",
    access: "public",
    reply: Type.Object({
      capabilities: Type.Array(
        Type.Object({
          capability: Type.String(),
          version: Type.Optional(Type.Integer()),
          configuration: Type.Optional(Type.Unknown()),
        }),
      ),
    }),
  },
  "POST /api/orgs/{orgName}/users": {
    summary: "Make a user, put them in the organization, and answer their first access token",
    access: "org:admin",
    params: OrgParams,
    body: Type.Object({ login: OrgName, name: Type.Optional(Type.String()), role: Type.Optional(Role) }),
    reply: Type.Object({ login: Type.String(), role: Role, token: Type.String() }),
  },
} as const satisfies Routes;
