import { Type } from "typebox";
import { OrgParams, PackName, StackParams } from "../names.ts";
import type { Routes } from "../route.ts";
import { Selector, SelectorCondition } from "../selector.ts";
import { GroupMode, GroupParams, StackReference } from "./policy-groups.ts";
import { PolicyConfig } from "./policy-packs.ts";

const Empty = Type.Object({});

/** Why a group takes in a stack. */
const Membership = Type.Object({
  by: Type.Union([Type.Literal("default"), Type.Literal("explicit"), Type.Literal("selector")]),
  /** The selector's conditions that hold for the stack. */
  conditions: Type.Optional(Type.Array(SelectorCondition)),
});

/** What of policy groups Pulumi's API has no words for. */
export const groupExtraRoutes = {
  "PUT /api/quillon/orgs/{orgName}/policygroups/{policyGroup}/selector": {
    summary: "Give a policy group a selector, or with null take it away",
    access: "org:policy",
    params: GroupParams,
    body: Type.Object({ selector: Type.Union([Selector, Type.Null()]) }, { additionalProperties: false }),
    reply: Empty,
  },
  "PUT /api/quillon/orgs/{orgName}/policygroups/{policyGroup}/policypacks/{policyPackName}/follow": {
    summary: "Let a group follow the newest version of a pack, each one as soon as it is published, or pin what it has",
    access: "org:policy",
    params: Type.Object({ ...GroupParams.properties, policyPackName: PackName }),
    body: Type.Object(
      {
        follow: Type.Boolean(),
        /** Left out: the configuration stays as it is. */
        config: Type.Optional(PolicyConfig),
      },
      { additionalProperties: false },
    ),
    raw: "json",
    reply: Empty,
  },
  "POST /api/quillon/orgs/{orgName}/selector/matches": {
    summary: "Which stacks a selector matches, without giving it to a group",
    access: "org:policy",
    params: OrgParams,
    query: Type.Object({ continuationToken: Type.Optional(Type.String()) }),
    body: Type.Object({ selector: Selector }, { additionalProperties: false }),
    reply: Type.Object({
      stacks: Type.Array(StackReference),
      continuationToken: Type.Optional(Type.String()),
    }),
  },
  "GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/policypacks": {
    summary: "Why the stack has the policy packs that it has",
    access: "stack:read",
    params: StackParams,
    query: Type.Object({ policypack: Type.Optional(Type.String()) }),
    reply: Type.Object({
      policyPacks: Type.Array(
        Type.Object({
          name: Type.String(),
          /** Every group that takes in the stack and has the pack enabled. */
          groups: Type.Array(
            Type.Object({
              name: Type.String(),
              mode: GroupMode,
              membership: Membership,
              version: Type.Integer(),
              versionTag: Type.String(),
              /** This entry is the one that the stack's next update must run. */
              required: Type.Boolean(),
              reason: Type.String(),
            }),
          ),
        }),
      ),
    }),
  },
} as const satisfies Routes;
