import { Type } from "typebox";
import { OrgName, PackName } from "../names.ts";
import type { Routes } from "../route.ts";

/** Of the updates and previews of the stacks that the caller may read. */
export const PackHealth = Type.Object({
  /** How many that had to run this version have ended, and how many of them it made fail. */
  runs: Type.Integer(),
  failedRuns: Type.Integer(),
  /** How many stacks fail because of it, as of the last run of each that tells. */
  failingStacks: Type.Integer(),
  /** When a run last succeeded with it, and when it last made one fail. */
  workedAt: Type.Optional(Type.String({ format: "date-time" })),
  failedAt: Type.Optional(Type.String({ format: "date-time" })),
});

export const packHealthRoutes = {
  "GET /api/quillon/orgs/{orgName}/policypacks/{policyPackName}/health": {
    summary: "List which versions of a pack made updates and previews fail, in the stacks that you may read",
    access: "org:member",
    params: Type.Object({ orgName: OrgName, policyPackName: PackName }),
    reply: Type.Object({
      /** Those that a run had to ask, and those that are enabled; the newest first. */
      versions: Type.Array(
        Type.Object({
          version: Type.Integer(),
          versionTag: Type.String(),
          /** The policy groups that have it enabled. */
          policyGroups: Type.Array(Type.String()),
          ...PackHealth.properties,
          /** The last failure of each stack, the newest first, at most 20. */
          failures: Type.Array(
            Type.Object({
              project: Type.String(),
              stack: Type.String(),
              /** Whether the last run of this stack that tells failed because of it. */
              failing: Type.Boolean(),
              updateID: Type.String(),
              dryRun: Type.Boolean(),
              /** What the pack could not do. */
              stage: Type.Enum(["install", "load", "configure", "run"]),
              message: Type.String(),
              /** False where the run does not say which pack it was, and this one is suspected. */
              certain: Type.Boolean(),
              failedAt: Type.String({ format: "date-time" }),
            }),
          ),
          /** Where stacks fail because of this enabled version and worked with an earlier one. */
          revert: Type.Optional(
            Type.Object({
              version: Type.Integer(),
              versionTag: Type.String(),
              reason: Type.String(),
              /** One for each policy group that has the failing version enabled. */
              commands: Type.Array(Type.String()),
            }),
          ),
        }),
      ),
    }),
  },
} as const satisfies Routes;
