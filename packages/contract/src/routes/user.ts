import { Type } from "typebox";
import { OrgName, OrgParams, Role } from "../names.ts";
import type { Routes } from "../route.ts";

export const userRoutes = {
  "GET /api/user": {
    summary: "Get the user of the token, and their organizations",
    access: "user",
    reply: Type.Object({
      id: Type.String(),
      githubLogin: Type.String(),
      name: Type.String(),
      email: Type.String(),
      avatarUrl: Type.String(),
      organizations: Type.Array(
        Type.Object({
          name: Type.String(),
          githubLogin: Type.String(),
          avatarUrl: Type.String(),
          role: Type.Union([Type.Literal("member"), Type.Literal("admin")]),
        }),
      ),
      identities: Type.Array(Type.String()),
      siteAdmin: Type.Boolean(),
      hasMFA: Type.Boolean(),
      isOrgManaged: Type.Boolean(),
      isManagedByMultiOrg: Type.Boolean(),
      /** The owner of the token, if it is an organization or a team. */
      tokenInfo: Type.Optional(
        Type.Object({ name: Type.String(), organization: Type.String(), team: Type.Optional(Type.String()) }),
      ),
    }),
  },
  "GET /api/user/organizations/default": {
    summary: "Get the organization of stack names that have none",
    access: "user",
    /** The names are capitalized in Pulumi's API. */
    reply: Type.Object({ GitHubLogin: Type.String(), Messages: Type.Array(Type.Unknown()) }),
  },
  "GET /api/capabilities": {
    summary: "List the optional parts of the protocol that this server supports",
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
    summary: "Make a user, add them to an organization, and return their first access token",
    access: "org:admin",
    params: OrgParams,
    body: Type.Object({ login: OrgName, name: Type.Optional(Type.String()), role: Type.Optional(Role) }),
    strict: true,
    reply: Type.Object({ login: Type.String(), role: Role, token: Type.String() }),
  },
} as const satisfies Routes;
