import { Type } from "typebox";
import { NamedException } from "../named-exception.ts";
import { OrgParams } from "../names.ts";
import type { Routes } from "../route.ts";

export const predictionRoutes = {
  "GET /api/quillon/orgs/{orgName}/predictions": {
    summary: "List what previews showed of stacks that you may read: what would be violated, and is not deployed",
    access: "org:member",
    params: OrgParams,
    query: Type.Object({
      /** Its project and name: `web/dev`. */
      stack: Type.Optional(Type.String()),
      /** The pull request or branch: `pr:7`, `branch:main`. */
      source: Type.Optional(Type.String()),
      /** Only those that stop an update. */
      blocked: Type.Optional(Type.Boolean()),
      continuationToken: Type.Optional(Type.String()),
    }),
    reply: Type.Object({
      predictions: Type.Array(
        Type.Object({
          project: Type.String(),
          stack: Type.String(),
          source: Type.String(),
          policyPack: Type.String(),
          policyPackTag: Type.String(),
          policyName: Type.String(),
          resourceURN: Type.String(),
          level: Type.String(),
          severity: Type.String(),
          message: Type.String(),
          /** It is mandatory and not excepted, so it stops the update. */
          blocked: Type.Boolean(),
          /** Because of which it stops nothing. One that has ended since the preview is not among them. */
          exceptions: Type.Optional(Type.Array(NamedException)),
          /** Those that match it and that the pack did not apply; the engine of a newer CLI does. It is blocked all the same. */
          unappliedExceptions: Type.Optional(Type.Array(NamedException)),
          /** The preview or update that showed it last. */
          updateID: Type.String(),
          firstSeenAt: Type.String(),
          lastSeenAt: Type.String(),
        }),
      ),
      continuationToken: Type.Optional(Type.String()),
    }),
  },
} as const satisfies Routes;
