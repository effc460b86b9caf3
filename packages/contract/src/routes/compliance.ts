import { Type } from "typebox";
import { OrgParams } from "../names.ts";
import type { Route, Routes } from "../route.ts";
import { Grid } from "./policy-results.ts";

const compliance = {
  summary:
    "List in percent how many policies of each pack pass: −1 is not evaluated, −2 a pack that could not be loaded",
  access: "org:member",
  params: OrgParams,
  body: Type.Object({
    /** Accounts are not evaluated, so they have no rows. */
    entity: Type.Enum(["stack", "account", "severity"]),
    continuationToken: Type.Optional(Type.Union([Type.String(), Type.Null()])),
    size: Type.Optional(Type.Union([Type.Integer({ minimum: 1, maximum: 1000 }), Type.Null()])),
  }),
  reply: Type.Object({
    /** Names of packs. */
    columns: Type.Array(Type.String()),
    rows: Type.Array(Type.Object({ entityName: Type.String(), scores: Type.Array(Type.Integer()) })),
    continuationToken: Type.Optional(Type.String()),
  }),
} as const satisfies Route;

const metadata = {
  summary: "Count the policies and resources of the stacks that you may read, and those that fail",
  access: "org:member",
  params: OrgParams,
  reply: Type.Object({
    policyTotalCount: Type.Integer(),
    policyWithIssuesCount: Type.Integer(),
    resourcesTotalCount: Type.Integer(),
    resourcesWithIssuesCount: Type.Integer(),
  }),
} as const satisfies Route;

const policies = {
  summary: "List each policy with its policy groups, and how many resources it governs and fails",
  access: "org:member",
  params: OrgParams,
  body: Grid,
  reply: Type.Object({
    policies: Type.Array(
      Type.Object({
        policyName: Type.String(),
        policyPack: Type.String(),
        policyGroupName: Type.String(),
        policyGroupType: Type.Enum(["audit", "preventative"]),
        severity: Type.String(),
        governedResources: Type.Integer(),
        failingResources: Type.Integer(),
        /** −1 for a policy that governs nothing. */
        percentCompliant: Type.Integer(),
      }),
    ),
    totalCount: Type.Integer(),
  }),
} as const satisfies Route;

/** Pulumi's API has the first three at two paths. */
export const complianceRoutes = {
  "POST /api/orgs/{orgName}/policyresults/compliance": compliance,
  "GET /api/orgs/{orgName}/policyresults/metadata": metadata,
  "POST /api/orgs/{orgName}/policyresults/policies": policies,
  "POST /api/orgs/{orgName}/policy/findings/compliance": compliance,
  "GET /api/orgs/{orgName}/policy/findings/metadata": metadata,
  "POST /api/orgs/{orgName}/policy/findings/policies": policies,
  "GET /api/quillon/orgs/{orgName}/compliance": {
    summary: "List how many policies pass, of those that the stacks that you may read had to run",
    access: "org:member",
    params: OrgParams,
    query: Type.Object({
      by: Type.Optional(Type.Enum(["stack", "project", "pack", "policy", "severity", "framework"])),
      continuationToken: Type.Optional(Type.String()),
    }),
    reply: Type.Object({
      scores: Type.Array(
        Type.Object({
          /** Of the stack with its project, or of what else is asked for. Empty by pack, and for policies without a severity. */
          name: Type.String(),
          policyPack: Type.String(),
          /** The versions that were evaluated last. */
          policyPackTags: Type.Array(Type.String()),
          /** When the stack that was evaluated first was. */
          evaluatedAt: Type.Optional(Type.String()),
          stacks: Type.Integer(),
          /** In how many stacks what must run now differs from what was evaluated. */
          staleStacks: Type.Integer(),
          /** In how many stacks the pack could not be loaded or configured. They are in no other number. */
          brokenStacks: Type.Integer(),
          passingPolicies: Type.Integer(),
          /** Those that are not disabled, counted for each stack. */
          policies: Type.Integer(),
          /** Of those that do not pass, how many only excepted violations fail. */
          exceptedPolicies: Type.Integer(),
          /** Those of the passing that governed nothing. */
          notExercised: Type.Integer(),
          /** In percent, rounded down. −1: there is none. −2: the pack could not be loaded. */
          score: Type.Integer(),
          /** Of the resources that the policies judge, how many fail none. Not by severity or framework. */
          cleanResources: Type.Optional(Type.Integer()),
          governedResources: Type.Optional(Type.Integer()),
          /** Of those that fail some, how many fail only what is excepted. */
          exceptedResources: Type.Optional(Type.Integer()),
          resourceScore: Type.Optional(Type.Integer()),
        }),
      ),
      continuationToken: Type.Optional(Type.String()),
    }),
  },
  "GET /api/quillon/orgs/{orgName}/compliance/days": {
    summary: "List the scores of each pack as they were when each day began (UTC), and what was changed on each day",
    access: "org:member",
    params: OrgParams,
    query: Type.Object({
      /** Such as 2030-01-31; 30 days by default, 400 at most. */
      from: Type.Optional(Type.String()),
      until: Type.Optional(Type.String()),
    }),
    reply: Type.Object({
      /** Of the stacks that you may read. Admins see those that were removed, too. */
      days: Type.Array(
        Type.Object({
          day: Type.String(),
          policyPack: Type.String(),
          policyPackTags: Type.Array(Type.String()),
          stacks: Type.Integer(),
          passingPolicies: Type.Integer(),
          policies: Type.Integer(),
          exceptedPolicies: Type.Integer(),
          score: Type.Integer(),
          cleanResources: Type.Integer(),
          governedResources: Type.Integer(),
          exceptedResources: Type.Integer(),
          resourceScore: Type.Integer(),
        }),
      ),
      /** The resources of all packs together, each once, from the day on which the server began to keep them. */
      resources: Type.Array(
        Type.Object({ day: Type.String(), cleanResources: Type.Integer(), governedResources: Type.Integer() }),
      ),
      /** How often something was changed that scores depend on, by the name of its event in the audit log. */
      changes: Type.Array(Type.Object({ day: Type.String(), event: Type.String(), count: Type.Integer() })),
    }),
  },
} as const satisfies Routes;
