import { type Static, Type } from "typebox";
import { NamedException } from "../named-exception.ts";
import { OrgParams, StackParams } from "../names.ts";
import type { Routes } from "../route.ts";

const Count = Type.Integer({ minimum: 0 });

/** How often a policy, or all of them, ended in each way. */
const Counts = {
  /** Violations that stop an update. */
  mandatory: Count,
  /** Violations that stop nothing. */
  advisory: Count,
  /** Of both, those that somebody ignores or calls by design. Only findings have them. */
  accepted: Count,
  /** Violations that policy exceptions match. They are in none of the three above. */
  excepted: Count,
  /** Resources whose properties the policy changed. */
  remediated: Count,
  /** Resources for which a preview did not know the values that the policy needs. */
  notEvaluated: Count,
  /** Resources for which the policy passed. Findings do not count them. */
  passed: Count,
};

const ReportedPolicy = Type.Object({
  name: Type.String(),
  /** As its pack describes it; empty when that version is not there any more. */
  description: Type.String(),
  /** The highest severity that it was reported with, else its own; empty when it has none. */
  severity: Type.String(),
  /** How to fix what violates it, and where there is more to read, as its pack says it. Only of a policy that is violated. */
  remediationSteps: Type.Optional(Type.String()),
  url: Type.Optional(Type.String()),
  ...Counts,
});

const ReportedPack = Type.Object({
  name: Type.String(),
  version: Type.String(),
  /** Whether the update had to run it. False for a pack that the client brought with `--policy-pack`. */
  required: Type.Boolean(),
  /** Those that reported something. */
  policies: Type.Array(ReportedPolicy),
  /** Why it made the update fail, where that is known: it could not be loaded or configured, or one of its policies threw. */
  failure: Type.Optional(Type.String()),
});

const ReportedResult = Type.Object({
  kind: Type.Union([Type.Literal("violated"), Type.Literal("remediated"), Type.Literal("not-evaluated")]),
  project: Type.String(),
  stack: Type.String(),
  pack: Type.String(),
  version: Type.String(),
  policy: Type.String(),
  /** `mandatory` or `advisory`; empty for a remediation. */
  level: Type.String(),
  severity: Type.String(),
  /** Empty when the engine named no resource. */
  urn: Type.String(),
  message: Type.String(),
  /** Only of a violation that is excepted: because of which, as far as that is known. */
  exceptions: Type.Optional(Type.Array(NamedException)),
  /**
   * Those that match a violation which stopped the run all the same: the CLI was too old to apply them, and the pack did not.
   */
  unappliedExceptions: Type.Optional(Type.Array(NamedException)),
  /** Only of findings. */
  finding: Type.Optional(
    Type.Object({
      id: Type.String(),
      status: Type.String(),
      /** Why it is ignored or by design. */
      reason: Type.Optional(Type.String()),
      /** What was said of it last when it was triaged. */
      comment: Type.Optional(Type.String()),
      firstSeenAt: Type.String(),
      lastSeenAt: Type.String(),
    }),
  ),
});

const head = {
  organization: Type.String(),
  /** Absent when the results are those of several stacks. */
  stack: Type.Optional(Type.Object({ project: Type.String(), name: Type.String() })),
  /** Absent for findings. */
  update: Type.Optional(
    Type.Object({
      id: Type.String(),
      kind: Type.String(),
      /** A preview, also the one that `pulumi up` begins with. */
      dryRun: Type.Boolean(),
      /** The version of the stack that it made or, of a dry run, began with. */
      version: Type.Integer(),
      status: Type.String(),
      startedAt: Type.Optional(Type.String()),
      endedAt: Type.Optional(Type.String()),
      /** Since then only the counts are kept, and each result stands for all resources for which a policy ended in one way. */
      compactedAt: Type.Optional(Type.String()),
      /** Of the program inside of its repository, with slashes; empty when the client did not say so. */
      folder: Type.String(),
    }),
  ),
  counts: Type.Object(Counts),
  /** Results that are not listed, because there are too many or they are not kept any more. They are counted, and the worst are listed. */
  leftOut: Count,
  packs: Type.Array(ReportedPack),
};

export const Report = Type.Object({ ...head, results: Type.Array(ReportedResult) });

export type ReportHead = Omit<Report, "results">;
export type ReportedPack = Static<typeof ReportedPack>;
export type ReportedPolicy = Static<typeof ReportedPolicy>;
export type ReportedResult = Static<typeof ReportedResult>;
/** What policies found, in one update or in what is deployed. */
export type Report = Static<typeof Report>;

/** One, or any of several. */
const Values = Type.Optional(Type.Union([Type.String(), Type.Array(Type.String())]));

const written = {
  reply: Report,
  texts: ["application/sarif+json", "application/xml", "text/csv", "text/markdown"],
} as const;

const ReportFormat = Type.Enum(["json", "sarif", "junit", "csv", "markdown"]);
export type ReportFormat = Static<typeof ReportFormat>;

/** The id of the update, the version that it made, or `latest`: the newest update or preview of the stack. */
const RunParams = Type.Object({ ...StackParams.properties, updateID: Type.String() });

const Name = Type.String({ pattern: "^[^\\0]*$" });

export const reportRoutes = {
  "GET /api/quillon/orgs/{orgName}/findings/report": {
    summary:
      "Get the policy issues of the stacks that you may read, those that are open or excepted, as JSON, SARIF, JUnit, CSV or Markdown",
    access: "org:member",
    params: OrgParams,
    query: Type.Object({
      /** Default `json`. */
      format: Type.Optional(ReportFormat),
      /** Its project and name: `web/dev`. */
      stack: Type.Optional(Type.String()),
      project: Values,
      pack: Values,
      policy: Values,
      /** The policy group because of which the stack must run the pack; empty for none. */
      group: Values,
      status: Values,
      severity: Values,
      priority: Values,
      /** A member's login; empty for nobody. */
      assignee: Values,
    }),
    ...written,
  },
  "GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/updates/{updateID}/results": {
    summary: "Get what policies reported in an update or a preview as JSON, SARIF, JUnit, CSV or Markdown",
    access: "stack:read",
    params: RunParams,
    query: Type.Object({ format: Type.Optional(ReportFormat) }),
    ...written,
  },
  "GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/updates/{updateID}/results/counts": {
    summary: "Count what policies reported in an update or a preview: a report without its results",
    access: "stack:read",
    params: RunParams,
    reply: Type.Object(head),
  },
  "GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/updates/{updateID}/results/list": {
    summary: "List what policies reported in an update or a preview, the worst first",
    access: "stack:read",
    params: RunParams,
    query: Type.Object({
      /** With `resource`, the results of a resource follow each other, and the resource with the worst one is first. */
      by: Type.Optional(Type.Literal("resource")),
      /** Only results of this policy. Its pack and the version, as the results have them, are named, too. */
      policy: Type.Optional(Name),
      pack: Type.Optional(Name),
      version: Type.Optional(Name),
      continuationToken: Type.Optional(Type.String({ pattern: "^[0-9]{1,9}$" })),
    }),
    reply: Type.Object({ results: Type.Array(ReportedResult), continuationToken: Type.Optional(Type.String()) }),
  },
} as const satisfies Routes;
