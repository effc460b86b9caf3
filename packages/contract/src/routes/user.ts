import { Type } from "typebox";
import { OrgName, OrgParams } from "../names.ts";
import type { Routes } from "../route.ts";

export const Role = Type.Union([Type.Literal("admin"), Type.Literal("policy-manager"), Type.Literal("member")]);

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
    summary:
      "Make a user, unless there is one of that login, put them in the organization, and answer a token of theirs",
    access: "org:admin",
    params: OrgParams,
    body: Type.Object({ login: OrgName, name: Type.Optional(Type.String()), role: Type.Optional(Role) }),
    reply: Type.Object({ login: Type.String(), role: Role, token: Type.String() }),
  },
} as const satisfies Routes;
