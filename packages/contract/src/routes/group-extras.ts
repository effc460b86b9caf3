import { Type } from "typebox";
import { OrgParams, PackName, StackParams } from "../names.ts";
import { Empty, type Routes } from "../route.ts";
import { Selector, SelectorCondition } from "../selector.ts";
import { GroupMode, GroupParams, MatchCounts, Page, StackReference, StackSearch } from "./policy-groups.ts";
import { PolicyConfig } from "./policy-packs.ts";

/** Why a stack is in a group. */
const Membership = Type.Object({
  by: Type.Union([Type.Literal("default"), Type.Literal("explicit"), Type.Literal("rule")]),
  /** The conditions of the group's rule that hold for the stack. Conditions that it excludes are not here. */
  conditions: Type.Optional(Type.Array(SelectorCondition)),
});

/** The parts of policy groups that Pulumi's API does not have. */
export const groupExtraRoutes = {
  "PUT /api/quillon/orgs/{orgName}/policygroups/{policyGroup}/selector": {
    summary: "Set the selector of a policy group; null removes it",
    access: "org:policy",
    params: GroupParams,
    body: Type.Object({ selector: Type.Union([Selector, Type.Null()]) }),
    strict: true,
    reply: Empty,
  },
  "PUT /api/quillon/orgs/{orgName}/policygroups/{policyGroup}/policypacks/{policyPackName}/follow": {
    summary: "Make a policy group follow the newest version of a pack, or pin the version that it has",
    access: "org:policy",
    params: Type.Object({ ...GroupParams.properties, policyPackName: PackName }),
    body: Type.Object({
      follow: Type.Boolean(),
      /** Without it, the configuration does not change. */
      config: Type.Optional(PolicyConfig),
    }),
    strict: true,
    raw: "json",
    limit: "pack",
    reply: Empty,
  },
  "POST /api/quillon/orgs/{orgName}/selector/matches": {
    summary: "List the stacks that a selector matches, without changing a group",
    access: "org:policy",
    params: OrgParams,
    query: Type.Object(Page),
    body: Type.Object({ selector: Selector, search: StackSearch }),
    strict: true,
    reply: Type.Object({
      stacks: Type.Array(StackReference),
      ...MatchCounts,
      continuationToken: Type.Optional(Type.String()),
    }),
  },
  "GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/policypacks": {
    summary: "Explain why a stack has its policy packs",
    access: "stack:read",
    params: StackParams,
    query: Type.Object({ policypack: Type.Optional(Type.String()) }),
    reply: Type.Object({
      policyPacks: Type.Array(
        Type.Object({
          name: Type.String(),
          /** Every group that has the stack and has the pack enabled. */
          groups: Type.Array(
            Type.Object({
              name: Type.String(),
              mode: GroupMode,
              membership: Membership,
              version: Type.Integer(),
              versionTag: Type.String(),
              /** The stack's next update must run this version. */
              required: Type.Boolean(),
              reason: Type.String(),
            }),
          ),
        }),
      ),
    }),
  },
} as const satisfies Routes;
