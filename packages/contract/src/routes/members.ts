import { Type } from "typebox";
import { OrgName, OrgParams, Role } from "../names.ts";
import { Empty, type Routes } from "../route.ts";

/** A user in the form of Pulumi's API. */
export const UserInfo = Type.Object({ githubLogin: Type.String(), name: Type.String(), avatarUrl: Type.String() });

/** Where a console shows it. */
export const Links = Type.Object({ self: Type.String() });

/** `role` has only the roles of Pulumi's API, so a policy manager is a member there. `fgaRole.id` is the exact role. */
const OrganizationMember = Type.Object({
  user: UserInfo,
  role: Type.Union([Type.Literal("member"), Type.Literal("admin")]),
  fgaRole: Type.Object({ id: Role, name: Type.String(), modifiedAt: Type.String({ format: "date-time" }) }),
  created: Type.String({ format: "date-time" }),
  knownToPulumi: Type.Boolean(),
  virtualAdmin: Type.Boolean(),
  links: Links,
});

const MemberParams = Type.Object({ orgName: OrgName, userLogin: OrgName });

export const memberRoutes = {
  "GET /api/orgs/{orgName}/members": {
    summary: "List the members of an organization by login, in pages",
    access: "org:member",
    params: OrgParams,
    query: Type.Object({
      continuationToken: Type.Optional(Type.String()),
      type: Type.Optional(Type.String()),
      /** Only those whose login or name contains this text, in capital letters or not. Pulumi's API does not have it. */
      search: Type.Optional(Type.String({ maxLength: 200 })),
    }),
    reply: Type.Object({
      members: Type.Array(OrganizationMember),
      continuationToken: Type.Optional(Type.String()),
    }),
  },
  "POST /api/orgs/{orgName}/members/{userLogin}": {
    summary: "Add a user of this server to an organization",
    access: "org:admin",
    params: MemberParams,
    body: Type.Object({ role: Role }),
    strict: true,
    reply: OrganizationMember,
  },
  "PATCH /api/orgs/{orgName}/members/{userLogin}": {
    summary: "Change the role of a member; the last admin can't be changed",
    access: "org:admin",
    params: MemberParams,
    body: Type.Object({ role: Type.Optional(Role), fgaRoleId: Type.Optional(Role) }),
    strict: true,
    status: 204,
    reply: Empty,
  },
  "DELETE /api/orgs/{orgName}/members/{userLogin}": {
    summary: "Remove a member from an organization and its teams; the last admin can't be removed",
    access: "org:admin",
    params: MemberParams,
    status: 204,
    reply: Empty,
  },
} as const satisfies Routes;
