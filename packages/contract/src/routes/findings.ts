import { Type } from "typebox";
import { OrgParams, Uuid } from "../names.ts";
import type { Routes } from "../route.ts";
import { triageFields } from "./policy-results.ts";

const Count = Type.Integer({ minimum: 0 });

/** The open findings of a stack, of one pack or of all. */
const counts = {
  count: Count,
  /** The worst of them. Empty when they have none. */
  severity: Type.String(),
  /** How many have that severity. */
  worst: Count,
};

export const findingRoutes = {
  "POST /api/quillon/orgs/{orgName}/findings/triage": {
    summary:
      "Triage up to 1,000 policy issues in the same way, all or none; this changes what is reported, never what is enforced",
    access: "org:member",
    params: OrgParams,
    body: Type.Object({ ids: Type.Array(Uuid, { minItems: 1, maxItems: 1000 }), ...triageFields }),
    strict: true,
    reply: Type.Object({ changed: Count }),
  },
  "GET /api/quillon/orgs/{orgName}/findings/heatmap": {
    summary:
      "Count the open findings of the stacks that you may read by stack and policy pack, the 50 worst stacks first",
    access: "org:member",
    params: OrgParams,
    reply: Type.Object({
      /** Of the stacks below, the worst first, at most 20. */
      packs: Type.Array(Type.String()),
      stacks: Type.Array(
        Type.Object({
          project: Type.String(),
          stack: Type.String(),
          ...counts,
          /** Of `packs`, those of which the stack has findings. */
          packs: Type.Array(Type.Object({ policyPack: Type.String(), ...counts })),
        }),
      ),
      /** How many stacks have open findings. */
      stackCount: Count,
      /** How many packs the open findings of the stacks above are of. */
      packCount: Count,
    }),
  },
} as const satisfies Routes;
