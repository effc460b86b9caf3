import { Type } from "typebox";
import { OrgParams } from "../names.ts";
import type { Routes } from "../route.ts";

/** One, or any of several. */
const Values = Type.Optional(Type.Union([Type.String(), Type.Array(Type.String())]));

export const findingGroupRoutes = {
  "GET /api/quillon/orgs/{orgName}/finding-groups": {
    summary:
      "List the findings of the stacks that you may read, one row for what several stacks of a project have: a policy that the same resource violates. The worst come first, of these the policies that have most such findings, of such a policy the projects that violate it most often, and there the resources that do so in most stacks",
    access: "org:member",
    params: OrgParams,
    query: Type.Object({
      /** Those that ended, instead of those that did not. */
      closed: Type.Optional(Type.Boolean()),
      /** As lists of findings have them. */
      recent: Type.Optional(Type.Enum(["new", "reopened"])),
      overdue: Type.Optional(Type.Boolean()),
      project: Values,
      /** PROJECT/STACK */
      stack: Values,
      pack: Values,
      policy: Values,
      /** The policy group because of which the stack must run the pack. Empty for none. */
      group: Values,
      severity: Values,
      status: Values,
      /** A login. Empty for nobody. */
      assignee: Values,
      /** Of resources. */
      urn: Values,
      continuationToken: Type.Optional(Type.String()),
    }),
    reply: Type.Object({
      groups: Type.Array(
        Type.Object({
          project: Type.String(),
          policyPack: Type.String(),
          policyName: Type.String(),
          resourceType: Type.String(),
          /** Empty for the resource that stands for the stack itself. */
          resourceName: Type.String(),
          /** What the URNs have after the stack and the project. */
          resource: Type.String(),
          stacks: Type.Integer(),
          /** The first ones, at most ten. */
          stackNames: Type.Array(Type.String()),
          /** The worst of all. */
          level: Type.String(),
          severity: Type.String(),
          firstSeenAt: Type.String(),
          lastSeenAt: Type.String(),
        }),
      ),
      continuationToken: Type.Optional(Type.String()),
    }),
  },
} as const satisfies Routes;
