import { Type } from "typebox";
import { OrgParams } from "../names.ts";
import type { Routes } from "../route.ts";

const Count = Type.Integer({ minimum: 0 });

/** `governed`: a policy group that enforces takes it in, and has a pack enabled. */
const StackState = Type.Enum(["governed", "ungoverned", "stale", "never-reported"]);

export const overviewRoutes = {
  "GET /api/quillon/orgs/{orgName}/overview": {
    summary: "Count what is blocked, violated, governed and unproven in the stacks that you may read",
    access: "org:member",
    params: OrgParams,
    reply: Type.Object({
      blocked: Type.Object({
        /** Mandatory violations that stop updates, and are not excepted. */
        violations: Count,
        stacks: Count,
        /** The newest, at most ten. */
        runs: Type.Array(
          Type.Object({
            project: Type.String(),
            stack: Type.String(),
            updateID: Type.String(),
            dryRun: Type.Boolean(),
            version: Type.Integer(),
            /** The pull request or branch: `pr:7`, `branch:main`. */
            source: Type.String(),
            /** The login of who ran it. */
            requestedBy: Type.String(),
            lastSeenAt: Type.String(),
            violations: Count,
            /** The worst, at most three. */
            policies: Type.Array(Type.Object({ policyPack: Type.String(), policyName: Type.String() })),
          }),
        ),
      }),
      /** Those with the status open or in_progress. */
      findings: Type.Object({
        /** The worst first. The other numbers are some of `count`. */
        bySeverity: Type.Array(
          Type.Object({ severity: Type.String(), count: Count, new: Count, reopened: Count, overdue: Count }),
        ),
        /** First seen in the last seven days. */
        new: Count,
        /** Fixed before, violated again in the last seven days, and not triaged since. */
        reopened: Count,
        /** First seen longer ago than the organization allows for their severity. */
        overdue: Count,
      }),
      stacks: Type.Object({
        known: Count,
        governed: Count,
        /** What it must run now differs from what was evaluated. */
        stale: Count,
        /** Governed, and no update or preview has reported a result yet. */
        neverReported: Count,
      }),
      scores: Type.Object({
        /** Counted for each stack. */
        passingPolicies: Count,
        policies: Count,
        exceptedPolicies: Count,
        cleanResources: Count,
        governedResources: Count,
      }),
      /** Where the smallest part of the policies passes, at most 25, by project. */
      worstProjects: Type.Array(
        Type.Object({
          project: Type.String(),
          packs: Type.Array(
            Type.Object({
              policyPack: Type.String(),
              passingPolicies: Count,
              policies: Count,
              exceptedPolicies: Count,
              stacks: Count,
              brokenStacks: Count,
            }),
          ),
        }),
      ),
      /** Those that make most stacks fail, at most 20. */
      failingPacks: Type.Array(Type.Object({ policyPack: Type.String(), failingStacks: Count })),
      /** Of the updates that ended in the last seven days, without previews. */
      receipts: Type.Object({ incomplete: Count, missing: Count }),
    }),
  },
  "GET /api/quillon/orgs/{orgName}/overview/stacks": {
    summary: "List the stacks that you may read that are governed, that are not, are stale, or have never reported",
    access: "org:member",
    params: OrgParams,
    query: Type.Object({ state: StackState, continuationToken: Type.Optional(Type.String()) }),
    reply: Type.Object({
      stacks: Type.Array(
        Type.Object({
          project: Type.String(),
          stack: Type.String(),
          /** When the pack that was evaluated first was. */
          evaluatedAt: Type.Optional(Type.String()),
          /** Packs whose version or configuration was changed since they were evaluated. */
          stalePacks: Type.Array(Type.String()),
        }),
      ),
      continuationToken: Type.Optional(Type.String()),
    }),
  },
} as const satisfies Routes;
