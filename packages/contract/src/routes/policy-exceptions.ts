import { type Static, Type } from "typebox";
import { OrgName, OrgParams, PackName, StackParams } from "../names.ts";
import { OlderCliEffect, UnderOlderClis } from "../older-clis.ts";
import { Empty, type Routes } from "../route.ts";
import { severities } from "../severity.ts";
import { UserInfo } from "./members.ts";

/** The bounds of Pulumi's API. The CLI checks none of them. */
const MOST = 100;
const LONGEST = 2048;

const SentMatch = Type.Array(
  Type.Object({
    policies: Type.Array(Type.String({ maxLength: 200 }), { minItems: 1, maxItems: MOST }),
    targets: Type.Array(Type.String({ maxLength: LONGEST }), { minItems: 1, maxItems: MOST }),
  }),
  { minItems: 1, maxItems: MOST },
);

/** What an exception is asked for with. */
export const ExceptionRequest = Type.Object({
  policyPack: Type.String({ minLength: 1, maxLength: 200 }),
  /** A violation is let through when one entry has both its policy and its URN. */
  match: SentMatch,
  reason: Type.String({ maxLength: LONGEST }),
  /** Whole hours, from one to 3,650 days. Without it the exception has no end. */
  expiresInSeconds: Type.Optional(Type.Union([Type.Integer(), Type.Null()])),
});
export type ExceptionRequest = Static<typeof ExceptionRequest>;

export const ExceptionStatus = Type.Enum(["active", "removed"]);

export const ExceptionMatch = Type.Array(
  Type.Object({ policies: Type.Array(Type.String()), targets: Type.Array(Type.String()) }),
);

/** One that has ended is `removed`. */
export const PolicyException = Type.Object({
  id: Type.String(),
  policyPack: Type.String(),
  match: ExceptionMatch,
  reason: Type.String(),
  status: ExceptionStatus,
  expiresAt: Type.Optional(Type.String({ format: "date-time" })),
  changeRequestId: Type.Optional(Type.String()),
  /** Not there for a user who was removed. */
  createdBy: Type.Optional(UserInfo),
  createdAt: Type.String({ format: "date-time" }),
  /** Not there when it ended by itself. */
  removedBy: Type.Optional(UserInfo),
  removedAt: Type.Optional(Type.String({ format: "date-time" })),
});

const OneParams = Type.Object({ orgName: OrgName, exceptionId: Type.String() });

const Revision = Type.Integer();
const Comment = Type.String({ maxLength: 2000 });
const RequestParams = Type.Object({ orgName: OrgName, changeRequestId: Type.String() });
const RequestStatus = Type.Enum(["draft", "pending", "ready", "applied", "closed"]);

/** What an organization allows. A field that is null bounds nothing. */
const Rules = Type.Object({
  /** Somebody else than its author, a policy manager, must agree to each exception. */
  approval: Type.Boolean(),
  /** How long an exception may last. It has an end then. */
  longestHours: Type.Union([Type.Integer({ minimum: 1, maximum: 87_600 }), Type.Null()]),
  /** Each exception has an end. */
  endRequired: Type.Boolean(),
  /** No exception is made from policies of this severity or a worse one. */
  forbiddenFrom: Type.Union([Type.Enum([...severities]), Type.Null()]),
});

const ListedRequest = Type.Object({
  id: Type.String(),
  /** One that was not applied within 30 days is closed. */
  status: RequestStatus,
  policyPack: Type.String(),
  match: ExceptionMatch,
  reason: Type.String(),
  expiresInSeconds: Type.Optional(Type.Integer()),
  description: Type.String(),
  createdBy: Type.Optional(UserInfo),
  createdAt: Type.String({ format: "date-time" }),
  approvedBy: Type.Optional(UserInfo),
  approvedAt: Type.Optional(Type.String({ format: "date-time" })),
  approvalComment: Type.Optional(Type.String()),
  closedBy: Type.Optional(UserInfo),
  closedAt: Type.Optional(Type.String({ format: "date-time" })),
  closeComment: Type.Optional(Type.String()),
  /** What it became. */
  exceptionId: Type.Optional(Type.String()),
});

/** What happened to a request, with what was said of it. */
const RequestEvent = {
  id: Type.String(),
  changeRequestId: Type.String(),
  revisionNumber: Type.Integer(),
  /** Its login is empty for a user who was removed, and for what nobody did. */
  createdBy: UserInfo,
  createdAt: Type.String({ format: "date-time" }),
  comment: Type.Optional(Type.String()),
};

export const policyExceptionRoutes = {
  "GET /api/orgs/{orgName}/policy/exceptions": {
    summary: "List the policy exceptions for stacks that you may read, newest first; without a status the active ones",
    access: "org:member",
    params: OrgParams,
    query: Type.Object({
      policyPack: Type.Optional(Type.String()),
      policy: Type.Optional(Type.String()),
      /** As `project/stack`. */
      stack: Type.Optional(Type.String()),
      status: Type.Optional(Type.Union([ExceptionStatus, Type.Array(ExceptionStatus)])),
      continuationToken: Type.Optional(Type.String()),
      maxResults: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
    }),
    reply: Type.Object({
      exceptions: Type.Array(PolicyException),
      /** Left out on the last page, because the CLI goes on while there is one, even an empty one. */
      continuationToken: Type.Optional(Type.String()),
    }),
  },
  "POST /api/orgs/{orgName}/policy/exceptions": {
    summary: "Make a policy exception; 200 when there is an equal one already, and 201 when it was made",
    // Policy managers alone. Where somebody else must agree, others are told so, because they may ask for one.
    access: "org:member",
    params: OrgParams,
    body: ExceptionRequest,
    strict: true,
    status: 201,
    reply: PolicyException,
  },
  "GET /api/orgs/{orgName}/policy/exceptions/{exceptionId}": {
    summary: "Get a policy exception, also one that was removed",
    access: "org:member",
    params: OneParams,
    reply: Type.Object({
      ...PolicyException.properties,
      /** The end of the last update or preview in which it let something through, of stacks that you may read. */
      lastNeededAt: Type.Optional(Type.String({ format: "date-time" })),
      /** The change request that it was made with, which `createdBy` has made. */
      changeRequest: Type.Optional(
        Type.Object({
          createdAt: Type.String({ format: "date-time" }),
          /** Not there for a user who was removed. */
          approvedBy: Type.Optional(UserInfo),
          /** Not there when nobody had to approve it. */
          approvedAt: Type.Optional(Type.String({ format: "date-time" })),
          approvalComment: Type.Optional(Type.String()),
        }),
      ),
      /** What it does where a Pulumi CLI before 3.274 runs a stack. */
      underOlderClis: Type.Optional(UnderOlderClis),
    }),
  },
  "DELETE /api/orgs/{orgName}/policy/exceptions/{exceptionId}": {
    summary: "Remove a policy exception; its violations are not let through from the next update on",
    access: "org:policy",
    params: OneParams,
    reply: PolicyException,
  },
  "POST /api/orgs/{orgName}/policy/exceptions/drafts": {
    summary: "Ask for a policy exception; it is made when a policy manager has approved it and it was applied",
    // Of those who are no policy managers only who may write to each stack that the URNs name.
    access: "org:member",
    params: OrgParams,
    body: ExceptionRequest,
    strict: true,
    status: 201,
    reply: Type.Object({
      ...ExceptionRequest.properties,
      changeRequestId: Type.String(),
      latestRevisionNumber: Type.Integer(),
    }),
  },
  "GET /api/change-requests/{orgName}/{changeRequestId}": {
    summary: "Get how far a policy exception is that somebody asked for",
    access: "org:member",
    params: RequestParams,
    reply: Type.Object({
      id: Type.String(),
      status: RequestStatus,
      orgID: Type.String(),
      createdBy: UserInfo,
      description: Type.String(),
      createdAt: Type.String({ format: "date-time" }),
      action: Type.Literal("create"),
      entity: Type.Object({ entityType: Type.Literal("policy_exceptions"), organization: Type.String() }),
      latestRevisionNumber: Type.Integer(),
      gateEvaluation: Type.Object({ satisfied: Type.Boolean(), applicableGates: Type.Array(Type.Unknown()) }),
    }),
  },
  "POST /api/change-requests/{orgName}/{changeRequestId}/submit": {
    summary: "Lay a policy exception before those who may agree to it",
    access: "org:member",
    params: RequestParams,
    body: Type.Object({ description: Type.Optional(Type.Union([Type.String({ maxLength: 1000 }), Type.Null()])) }),
    strict: true,
    reply: Empty,
  },
  "POST /api/change-requests/{orgName}/{changeRequestId}/approve": {
    summary: "Agree to a policy exception that somebody else asked for",
    access: "org:policy",
    params: RequestParams,
    body: Type.Object({ revisionNumber: Revision, comment: Type.Optional(Type.Union([Comment, Type.Null()])) }),
    strict: true,
    reply: Empty,
  },
  "DELETE /api/change-requests/{orgName}/{changeRequestId}/approve": {
    summary: "Take back the approval of a policy exception that was not applied yet",
    access: "org:policy",
    params: RequestParams,
    reply: Empty,
  },
  "POST /api/change-requests/{orgName}/{changeRequestId}/apply": {
    summary: "Make a policy exception that was approved; its time begins now",
    access: "org:member",
    params: RequestParams,
    reply: Type.Object({ entityUrl: Type.String(), message: Type.String() }),
  },
  "POST /api/change-requests/{orgName}/{changeRequestId}/close": {
    summary: "Reject a policy exception that somebody asked for, or give up one's own",
    access: "org:member",
    params: RequestParams,
    body: Type.Object({ comment: Type.Optional(Type.Union([Comment, Type.Null()])) }),
    strict: true,
    reply: Empty,
  },
  "POST /api/change-requests/{orgName}/{changeRequestId}/comments": {
    summary: "Say something of a policy exception that you or, to a policy manager, others asked for",
    access: "org:member",
    params: RequestParams,
    // The CLI leaves an empty one out, and both are told the same.
    body: Type.Object({ comment: Type.Optional(Comment) }),
    strict: true,
    reply: Empty,
  },
  "GET /api/change-requests/{orgName}/{changeRequestId}/events": {
    summary: "List what happened to a policy exception that somebody asked for, and what was said of it, oldest first",
    access: "org:member",
    params: RequestParams,
    query: Type.Object({ continuationToken: Type.Optional(Type.String()) }),
    reply: Type.Object({
      events: Type.Array(
        Type.Union([
          Type.Object({
            ...RequestEvent,
            eventType: Type.Enum(["commented", "approved_by_user", "unapproved_by_user"]),
          }),
          Type.Object({
            ...RequestEvent,
            eventType: Type.Literal("status_changed"),
            /** Empty for one that was just made, and where it is not known. */
            previousStatus: Type.Union([RequestStatus, Type.Literal("")]),
            newStatus: RequestStatus,
            reason: Type.String(),
          }),
        ]),
      ),
      continuationToken: Type.Union([Type.String(), Type.Null()]),
    }),
  },
  "GET /api/quillon/orgs/{orgName}/exception-requests": {
    summary: "List the policy exceptions that somebody asked for, newest first; your own, or all for a policy manager",
    access: "org:member",
    params: OrgParams,
    query: Type.Object({ status: Type.Optional(RequestStatus), continuationToken: Type.Optional(Type.String()) }),
    reply: Type.Object({
      requests: Type.Array(ListedRequest),
      continuationToken: Type.Optional(Type.String()),
    }),
  },
  "GET /api/quillon/orgs/{orgName}/exception-requests/{changeRequestId}": {
    summary: "Get a policy exception that somebody asked for, with all that is said of it",
    access: "org:member",
    params: RequestParams,
    reply: Type.Object({
      ...ListedRequest.properties,
      /** What its exception would do where a Pulumi CLI before 3.274 runs a stack. */
      underOlderClis: UnderOlderClis,
    }),
  },
  "GET /api/quillon/orgs/{orgName}/policypacks/{policyPackName}/exception-effect": {
    summary: "Get what exceptions of a policy pack do where a Pulumi CLI before 3.274 runs it",
    access: "org:member",
    params: Type.Object({ orgName: OrgName, policyPackName: PackName }),
    reply: Type.Object({ underOlderClis: OlderCliEffect }),
  },
  "GET /api/quillon/orgs/{orgName}/exception-rule": {
    summary: "Get what the organization allows of policy exceptions; send its ETag as If-Match when you set it",
    access: "org:member",
    params: OrgParams,
    reply: Rules,
  },
  "PUT /api/quillon/orgs/{orgName}/exception-rule": {
    summary: "Set what the organization allows of policy exceptions; those that there are stay",
    // It bounds what policy managers do.
    access: "org:admin",
    params: OrgParams,
    body: Rules,
    strict: true,
    reply: Rules,
  },
  "GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/updates/{updateID}/exceptions": {
    summary:
      "List the policy exceptions that were in effect for an update or a preview, by the pack that it had to run",
    access: "stack:read",
    /** The id of the update, the version that it made, or `latest`: the newest update or preview of the stack. */
    params: Type.Object({ ...StackParams.properties, updateID: Type.String() }),
    reply: Type.Object({
      updateID: Type.String(),
      /** Those with exceptions. */
      packs: Type.Array(
        Type.Object({
          policyPack: Type.String(),
          version: Type.Integer(),
          versionTag: Type.String(),
          /**
           * Who was told: the client's engine, or the pack in its configuration, which only packs on `@quillon/policy` understand.
           */
          appliedBy: Type.Enum(["engine", "pack"]),
          exceptions: Type.Array(
            Type.Object({
              id: Type.String(),
              reason: Type.String(),
              expiresAt: Type.Optional(Type.String({ format: "date-time" })),
              match: ExceptionMatch,
            }),
          ),
        }),
      ),
    }),
  },
} as const satisfies Routes;
