import { Type } from "typebox";
import { OrgName, OrgParams, Role } from "../names.ts";
import type { Routes } from "../route.ts";

/** A person as Pulumi's API shows one. */
export const UserInfo = Type.Object({ githubLogin: Type.String(), name: Type.String(), avatarUrl: Type.String() });

/** `role` has only the words of Pulumi's API, where a policy manager is a member; `fgaRole.id` is the role itself. */
const OrganizationMember = Type.Object({
  user: UserInfo,
  role: Type.Union([Type.Literal("member"), Type.Literal("admin")]),
  fgaRole: Type.Object({ id: Role, name: Type.String(), modifiedAt: Type.String({ format: "date-time" }) }),
  created: Type.String({ format: "date-time" }),
  knownToPulumi: Type.Boolean(),
  virtualAdmin: Type.Boolean(),
});

const MemberParams = Type.Object({ orgName: OrgName, userLogin: OrgName });

export const memberRoutes = {
  "GET /api/orgs/{orgName}/members": {
    summary: "The organization's members by login, a page at a time",
    access: "org:member",
    params: OrgParams,
    query: Type.Object({ continuationToken: Type.Optional(Type.String()), type: Type.Optional(Type.String()) }),
    reply: Type.Object({
      members: Type.Array(OrganizationMember),
      continuationToken: Type.Optional(Type.String()),
    }),
  },
  "POST /api/orgs/{orgName}/members/{userLogin}": {
    summary: "Put a user of this server in the organization",
    access: "org:admin",
    params: MemberParams,
    body: Type.Object({ role: Role }),
    reply: OrganizationMember,
  },
  "PATCH /api/orgs/{orgName}/members/{userLogin}": {
    summary: "Change a member's role; the last admin stays one",
    access: "org:admin",
    params: MemberParams,
    body: Type.Object({ role: Type.Optional(Role), fgaRoleId: Type.Optional(Role) }),
    status: 204,
    reply: Type.Object({}),
  },
  "DELETE /api/orgs/{orgName}/members/{userLogin}": {
    summary: "Take a member out of the organization and its teams; the last admin stays",
    access: "org:admin",
    params: MemberParams,
    status: 204,
    reply: Type.Object({}),
  },
} as const satisfies Routes;
