import { Type } from "typebox";
import { OrgParams } from "../names.ts";
import type { Routes } from "../route.ts";

export const searchRoutes = {
  "GET /api/quillon/orgs/{orgName}/search": {
    summary:
      "Find stacks that you may read and their resources, policy packs, policies and policy groups by a text, a few of each",
    access: "org:member",
    params: OrgParams,
    query: Type.Object({
      /**
       * In any case: a part of a name, also of a resource's type, or how a resource's name begins. Or how its URN begins, once that has the
       * whole names of its stack and its project, which are found only in their own case.
       */
      text: Type.String({ minLength: 1, maxLength: 1000, pattern: "^[^\\0]*$" }),
    }),
    reply: Type.Object({
      stacks: Type.Array(Type.Object({ project: Type.String(), stack: Type.String() })),
      policyPacks: Type.Array(Type.Object({ name: Type.String(), displayName: Type.String() })),
      /** Of the newest version of each pack and of those that are enabled; `versionTag` is the newest of them that has it. */
      policies: Type.Array(
        Type.Object({
          policyPack: Type.String(),
          versionTag: Type.String(),
          name: Type.String(),
          displayName: Type.String(),
        }),
      ),
      policyGroups: Type.Array(Type.Object({ name: Type.String() })),
      /** Those that are deployed and that a policy pack has evaluated. */
      resources: Type.Array(Type.Object({ project: Type.String(), stack: Type.String(), urn: Type.String() })),
      /** Some that match may be missing, because there are too many resources to look at all of them. */
      resourcesLeftOut: Type.Boolean(),
    }),
  },
} as const satisfies Routes;
