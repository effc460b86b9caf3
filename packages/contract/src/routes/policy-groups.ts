import { Type } from "typebox";
import { GroupName, OrgName, OrgParams } from "../names.ts";
import type { Routes } from "../route.ts";
import { PolicyConfig } from "./policy-packs.ts";

/** A pack in a group. `versionTag` takes the tag or the integer as text; empty means newest (or, to remove, whichever). */
export const PolicyPackMetadata = Type.Object({
  name: Type.String(),
  displayName: Type.Optional(Type.String()),
  version: Type.Optional(Type.Integer()),
  versionTag: Type.Optional(Type.String()),
  config: Type.Optional(PolicyConfig),
});

export const policyGroupRoutes = {
  "GET /api/orgs/{orgName}/policygroups": {
    summary: "The organization's policy groups",
    access: "org:member",
    params: OrgParams,
    reply: Type.Object({
      policyGroups: Type.Array(
        Type.Object({
          name: Type.String(),
          isOrgDefault: Type.Boolean(),
          numStacks: Type.Integer(),
          numAccounts: Type.Integer(),
          entityType: Type.String(),
          mode: Type.String(),
          numEnabledPolicyPacks: Type.Integer(),
        }),
      ),
    }),
  },
  "PATCH /api/orgs/{orgName}/policygroups/{policyGroup}": {
    summary: "Enable or disable a policy pack in a group",
    access: "org:policy",
    params: Type.Object({ orgName: OrgName, policyGroup: GroupName }),
    body: Type.Object({
      addPolicyPack: Type.Optional(PolicyPackMetadata),
      removePolicyPack: Type.Optional(PolicyPackMetadata),
    }),
    reply: Type.Object({}),
  },
} as const satisfies Routes;
