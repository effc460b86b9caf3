import { Type } from "typebox";
import { OrgName, OrgParams, StackPermission } from "../names.ts";
import type { Routes } from "../route.ts";

const Organization = Type.Object({
  name: Type.String(),
  created: Type.String({ format: "date-time" }),
  /** What a member may do with a stack that they did not make and that no team of theirs was given. */
  defaultStackPermission: StackPermission,
});

export const organizationRoutes = {
  "POST /api/quillon/orgs": {
    summary: "Make an organization; the caller becomes its admin",
    access: "site:admin",
    body: Type.Object({ name: OrgName }),
    strict: true,
    status: 201,
    reply: Organization,
  },
  "GET /api/quillon/orgs/{orgName}": {
    summary: "Get an organization and its settings",
    access: "org:member",
    params: OrgParams,
    reply: Organization,
  },
  "PATCH /api/quillon/orgs/{orgName}": {
    summary: "Change the settings of an organization",
    access: "org:admin",
    params: OrgParams,
    body: Type.Object({ defaultStackPermission: Type.Optional(StackPermission) }),
    strict: true,
    reply: Organization,
  },
} as const satisfies Routes;
