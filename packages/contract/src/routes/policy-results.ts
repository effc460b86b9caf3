import { Type } from "typebox";
import { NamedException } from "../named-exception.ts";
import { OrgName, OrgParams, Uuid } from "../names.ts";
import type { Route, Routes } from "../route.ts";

const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) =>
  Type.Optional(Type.Union([schema, Type.Null()]));

/** What a grid is filtered by, as the CLI sends it. `findings/grid.ts` of the server reads it. */
const FilterModel = orNull(Type.Object({ type: Type.String(), conditions: orNull(Type.Array(Type.Unknown())) }));

/** The part of a list that a client asks for. Groupings are accepted, and ignored. */
export const Grid = Type.Object({
  /** From 0. */
  startRow: orNull(Type.Integer({ minimum: 0 })),
  /** Not included. */
  endRow: orNull(Type.Integer({ minimum: 0 })),
  filterModel: FilterModel,
  sortModel: orNull(
    Type.Array(Type.Object({ colId: Type.String(), sort: Type.Union([Type.Literal("asc"), Type.Literal("desc")]) }), {
      maxItems: 10,
    }),
  ),
});

const Priority = Type.Enum(["p0", "p1", "p2", "p3", "p4"]);
const Status = Type.Enum(["open", "in_progress", "by_design", "fixed", "ignored"]);

const User = Type.Object({ githubLogin: Type.String(), name: Type.String(), avatarUrl: Type.String() });

const PolicyIssue = Type.Object({
  id: Type.String(),
  entityType: Type.Literal("stack"),
  entityProject: Type.String(),
  entityId: Type.String(),
  stackVersion: Type.Optional(Type.Integer()),
  policyPack: Type.String(),
  policyPackTag: Type.String(),
  policyName: Type.String(),
  resourceURN: Type.String(),
  resourceProvider: Type.String(),
  resourceType: Type.String(),
  resourceName: Type.String(),
  message: Type.Optional(Type.String()),
  messages: Type.Optional(Type.Array(Type.String())),
  observedAt: Type.String(),
  lastModified: Type.String(),
  level: Type.String(),
  severity: Type.String(),
  /** `excepted` is not in Pulumi's API, whose clients are told `ignored`. */
  status: Type.String(),
  kind: Type.Literal("preventative"),
  /** The group because of which the stack must run the pack now. Of several, the one whose entry counts. */
  policyGroupName: Type.Optional(Type.String()),
  policyGroupType: Type.Literal("preventative"),
  priority: Type.String(),
  assignedTo: Type.Optional(User),
  firstSeenAt: Type.String(),
  lastSeenAt: Type.String(),
  resolvedAt: Type.Optional(Type.String()),
  firstSeenPackTag: Type.String(),
  reopenCount: Type.Integer(),
  /** Whether exceptions match the violation. It has ended then, because it is no open finding. */
  exempt: Type.Boolean(),
  /** Their ids. */
  policyExceptionNames: Type.Optional(Type.Array(Type.String())),
  /** The same with their reasons. Pulumi's API does not have it. */
  exceptions: Type.Optional(Type.Array(NamedException)),
  /** Only with the status ignored or by_design. Pulumi's API does not have these two. */
  reason: Type.Optional(Type.String()),
  expiresAt: Type.Optional(Type.String()),
  /** What was said of it last when it was triaged. Pulumi's API does not have it. */
  comment: Type.Optional(
    Type.Object({
      text: Type.String(),
      /** Absent when that user is not there any more. */
      by: Type.Optional(User),
      at: Type.String(),
    }),
  ),
  /** It ended because its policy need not run any more. Its status is `ignored` then, because Pulumi's API has no word for it. */
  withdrawn: Type.Optional(Type.Literal(true)),
  /** Of the change because of which it was withdrawn. */
  auditEventId: Type.Optional(Type.String()),
  /** Its stack was removed. Another one may have its names now. */
  stackRemoved: Type.Optional(Type.Literal(true)),
});

const which = Type.Object({
  closed: Type.Optional(Type.Boolean()),
  /**
   * Only those first seen in the last seven days, or those that were fixed before, came back in the last seven days, and were
   * not triaged since. Pulumi's API does not have it.
   */
  recent: Type.Optional(Type.Enum(["new", "reopened"])),
  /** Only those that are open for longer than the organization allows for their severity. Pulumi's API does not have it. */
  overdue: Type.Optional(Type.Boolean()),
});
const IssueParams = Type.Object({ orgName: OrgName, issueId: Uuid });
const OneIssue = Type.Object({ policyIssue: PolicyIssue, policy: Type.Optional(Type.Unknown()) });

/** What people may say of a policy issue. */
export const triageFields = {
  /** `ignored` and `by_design` need the role policy-manager, a reason and expiresAt. */
  status: Type.Optional(Status),
  priority: Type.Optional(Priority),
  /** A member's login; empty for nobody. */
  assignedTo: Type.Optional(Type.String()),
  reason: Type.Optional(Type.String({ maxLength: 2000 })),
  /** When the issue is opened again. */
  expiresAt: Type.Optional(Type.String({ maxLength: 40 })),
  /** In place of the one before; empty to take it away. */
  comment: Type.Optional(Type.String({ maxLength: 2000 })),
};

const list = {
  summary: "List the policy issues of the stacks that you may read: the open ones, or with closed those that ended",
  access: "org:member",
  params: OrgParams,
  query: which,
  body: Grid,
  reply: Type.Object({
    policyIssues: Type.Array(PolicyIssue),
    groupData: Type.Array(Type.Object({})),
    /** Exact up to 10,000; above, at least one more than what was read. */
    rowCount: Type.Integer(),
  }),
} as const satisfies Route;

const get = {
  summary: "Get a policy issue, and the policy as its pack describes it",
  access: "org:member",
  params: IssueParams,
  reply: OneIssue,
} as const satisfies Route;

const edit = {
  summary: "Triage a policy issue; this changes what is reported, never what is enforced",
  access: "org:member",
  params: IssueParams,
  body: Type.Object(triageFields),
  strict: true,
  reply: OneIssue,
} as const satisfies Route;

const exported = {
  summary: "Export the policy issues of the stacks that you may read as CSV",
  access: "org:member",
  params: OrgParams,
  query: which,
  body: Grid,
  reply: Type.Unsafe<string>({ type: "string", contentMediaType: "text/csv" }),
} as const satisfies Route;

const filters = {
  summary: "List the values that a field of policy issues has, and how many issues have each",
  access: "org:member",
  params: OrgParams,
  query: which,
  body: Type.Object({ field: Type.String(), filterModel: FilterModel }),
  reply: Type.Object({
    field: Type.String(),
    values: Type.Array(Type.Object({ name: Type.String(), count: Type.Integer() })),
  }),
} as const satisfies Route;

/** Pulumi's API has each of these at two paths. */
export const policyResultRoutes = {
  "POST /api/orgs/{orgName}/policyresults/issues": list,
  "GET /api/orgs/{orgName}/policyresults/issues/{issueId}": get,
  "PATCH /api/orgs/{orgName}/policyresults/issues/{issueId}": edit,
  "POST /api/orgs/{orgName}/policyresults/issues/export": exported,
  "POST /api/orgs/{orgName}/policyresults/issues/filters": filters,
  "POST /api/orgs/{orgName}/policy/findings": list,
  "GET /api/orgs/{orgName}/policy/findings/{issueId}": get,
  "PATCH /api/orgs/{orgName}/policy/findings/{issueId}": edit,
  "POST /api/orgs/{orgName}/policy/findings/export": exported,
  "POST /api/orgs/{orgName}/policy/findings/filters": filters,
} as const satisfies Routes;
