import { Type } from "typebox";
import { Unsupported } from "../body-schema.ts";
import { OrgName, OrgParams, ProjectName, Role, TeamName, Uuid } from "../names.ts";
import { Empty, type Routes } from "../route.ts";

/** An access token without its secret, which is shown once and stored as a hash. Times are unix seconds; 0 means never. */
const AccessToken = Type.Object({
  id: Type.String(),
  name: Type.String(),
  description: Type.String(),
  created: Type.String({ format: "date-time" }),
  createdBy: Type.String(),
  expires: Type.Integer(),
  /** Exact to the hour, because not every use is recorded. */
  lastUsed: Type.Integer(),
  admin: Type.Boolean(),
  /** Only for an organization's token. */
  role: Type.Optional(Type.Object({ id: Role, name: Type.String(), defaultIdentifier: Type.String() })),
  /** What it is limited to. */
  projects: Type.Optional(Type.Array(Type.String())),
});

const Tokens = Type.Object({ tokens: Type.Array(AccessToken) });
const Created = Type.Object({
  id: Type.String(),
  tokenValue: Type.String(),
  /** What it is limited to. */
  projects: Type.Optional(Type.Array(Type.String())),
});

const base = {
  description: Type.Optional(Type.String({ maxLength: 1000 })),
  /** Unix seconds in the future. 0, or no value, means never. */
  expires: Type.Optional(Type.Integer({ minimum: 0, maximum: 253_402_300_799 })),
};
/** The token's user is called `organization:name`, so the name has the characters of a login. */
const TokenName = Type.String({ pattern: "^[a-zA-Z0-9_-]{1,40}$" });

/** The only projects whose stacks the token reads and changes. They need not exist. */
const Projects = Type.Optional(Type.Array(ProjectName, { minItems: 1, maxItems: 100 }));

const Filter = Type.Object({
  filter: Type.Optional(
    Type.Union([Type.Literal(""), Type.Literal("all"), Type.Literal("active"), Type.Literal("expired")]),
  ),
});
const Reason = Type.Object({ reason: Type.Optional(Type.String()) });
const TeamParams = Type.Object({ orgName: OrgName, teamName: TeamName });

export const tokenRoutes = {
  "GET /api/user/tokens": {
    summary: "List the caller's own access tokens",
    access: "person",
    query: Filter,
    reply: Tokens,
  },
  "POST /api/user/tokens": {
    summary: "Make an access token that can do what the caller can do; its value is shown only once",
    access: "person",
    query: Reason,
    body: Type.Object({ ...base, projects: Unsupported("token_projects") }),
    reply: Created,
  },
  "DELETE /api/user/tokens/{tokenId}": {
    summary: "Revoke one of the caller's own access tokens",
    access: "person",
    params: Type.Object({ tokenId: Uuid }),
    status: 204,
    reply: Empty,
  },
  "GET /api/orgs/{orgName}/tokens": {
    summary: "List the access tokens of an organization, without those of its teams",
    access: "org:admin",
    params: OrgParams,
    query: Filter,
    reply: Tokens,
  },
  "POST /api/orgs/{orgName}/tokens": {
    summary: "Make an access token of an organization; without a role it acts as a member",
    access: "org:admin",
    params: OrgParams,
    query: Reason,
    body: Type.Object({
      ...base,
      name: TokenName,
      admin: Type.Optional(Type.Boolean()),
      roleID: Type.Optional(Role),
      projects: Projects,
    }),
    reply: Created,
  },
  "DELETE /api/orgs/{orgName}/tokens/{tokenId}": {
    summary: "Revoke an access token of an organization",
    access: "org:admin",
    params: Type.Object({ orgName: OrgName, tokenId: Uuid }),
    status: 204,
    reply: Empty,
  },
  "GET /api/orgs/{orgName}/teams/{teamName}/tokens": {
    summary: "List the access tokens of a team",
    access: "team:admin",
    params: TeamParams,
    query: Filter,
    reply: Tokens,
  },
  "POST /api/orgs/{orgName}/teams/{teamName}/tokens": {
    summary: "Make an access token of a team; it has the team's permissions on stacks",
    access: "team:admin",
    params: TeamParams,
    query: Reason,
    body: Type.Object({ ...base, name: TokenName, projects: Projects }),
    reply: Created,
  },
  "DELETE /api/orgs/{orgName}/teams/{teamName}/tokens/{tokenId}": {
    summary: "Revoke an access token of a team",
    access: "team:admin",
    params: Type.Object({ ...TeamParams.properties, tokenId: Uuid }),
    query: Reason,
    status: 204,
    reply: Empty,
  },
} as const satisfies Routes;
