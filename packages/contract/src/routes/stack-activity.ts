import { Type } from "typebox";
import { OrgParams, StackParams } from "../names.ts";
import type { Routes } from "../route.ts";
import { UserInfo } from "./members.ts";
import { ReceiptStatus } from "./receipts.ts";

const Count = Type.Integer({ minimum: 0 });

/** An update or a preview of a stack, also an import or a rename of it, as the console lists it. */
const Activity = Type.Object({
  updateID: Type.String(),
  kind: Type.String(),
  /** A preview, also the one that `pulumi up` begins with. */
  dryRun: Type.Boolean(),
  /** The version of the stack that it made or, of a dry run, began with. */
  version: Type.Integer(),
  status: Type.Enum(["running", "succeeded", "failed", "cancelled"]),
  /** Not there for a user who was removed. */
  requestedBy: Type.Optional(UserInfo),
  message: Type.String(),
  /** What the client says of the program's repository and of the pipeline. Empty when that is very long. */
  environment: Type.Record(Type.String(), Type.String()),
  startedAt: Type.String({ format: "date-time" }),
  endedAt: Type.Optional(Type.String({ format: "date-time" })),
  /** How many resources for each operation. Previews have none. */
  resourceChanges: Type.Optional(Type.Record(Type.String(), Type.Integer())),
  /** In the state that it stored. */
  resourceCount: Type.Optional(Type.Integer()),
  /** What policies reported. With `more`, there are at least as many. */
  results: Type.Object({
    mandatory: Count,
    advisory: Count,
    excepted: Count,
    remediated: Count,
    more: Type.Boolean(),
  }),
  /** Not there until the run has ended, and for imports and renames. */
  receipt: Type.Optional(ReceiptStatus),
});

/** The id of the update, the version that it made, or `latest`: the newest update or preview of the stack. */
const OneParams = Type.Object({ ...StackParams.properties, updateID: Type.String() });

export const stackActivityRoutes = {
  "GET /api/quillon/orgs/{orgName}/stacks": {
    summary:
      "List the stacks that you may read by name, with how many findings they have and how many policies they pass",
    access: "org:member",
    params: OrgParams,
    query: Type.Object({
      /** A part of `project/stack`, in any case. */
      search: Type.Optional(Type.String({ maxLength: 201, pattern: "^[^\\0]*$" })),
      tagName: Type.Optional(Type.String()),
      tagValue: Type.Optional(Type.String()),
      /**
       * `failing`: a policy fails that is not only excepted, or a pack could not be loaded; `passing`: some were evaluated, and none
       * fails; `stale`: what it must run now differs from what was evaluated; `ungoverned`: no policy group that enforces takes it in.
       */
      compliance: Type.Optional(Type.Enum(["failing", "passing", "stale", "ungoverned"])),
      continuationToken: Type.Optional(Type.String()),
    }),
    reply: Type.Object({
      stacks: Type.Array(
        Type.Object({
          project: Type.String(),
          stack: Type.String(),
          /** When its last update ended. Not there while one runs, and before the first one. */
          lastUpdate: Type.Optional(Type.String({ format: "date-time" })),
          running: Type.Boolean(),
          /** Absent while the server has no state of it: there is none yet, or it is in another backend. */
          resourceCount: Type.Optional(Count),
          /** How many have not ended, and the worst severity of them. */
          findings: Count,
          severity: Type.Optional(Type.String()),
          /** Of those that are not disabled, as they were evaluated last. A stack that nothing was evaluated of has none. */
          passingPolicies: Count,
          /** Of those that do not pass, how many only excepted violations fail. */
          exceptedPolicies: Count,
          policies: Count,
          /** Mandatory violations that stop its next update, and are not excepted. */
          blocked: Count,
          /** Packs that could not be loaded or configured. */
          brokenPacks: Count,
        }),
      ),
      continuationToken: Type.Optional(Type.String()),
    }),
  },
  "GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/updates": {
    summary: "List the updates and previews of a stack, newest first, with what policies reported and their receipts",
    access: "stack:read",
    params: StackParams,
    query: Type.Object({ continuationToken: Type.Optional(Type.String()) }),
    reply: Type.Object({ updates: Type.Array(Activity), continuationToken: Type.Optional(Type.String()) }),
  },
  "GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/updates/{updateID}": {
    summary: "Get an update or a preview of a stack, by its id or by the version that it made",
    access: "stack:read",
    params: OneParams,
    reply: Activity,
  },
  "GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/updates/{updateID}/events": {
    summary: "List the engine events of an update of one kind, in order",
    access: "stack:read",
    params: OneParams,
    query: Type.Object({
      /** What the events say: messages, what a policy changed, or the summary with which a run ends. */
      payload: Type.Enum(["diagnosticEvent", "policyRemediationEvent", "summaryEvent"]),
      continuationToken: Type.Optional(Type.String({ pattern: "^[0-9]{1,15}$" })),
    }),
    reply: Type.Object({
      events: Type.Array(Type.Unknown()),
      continuationToken: Type.Union([Type.String(), Type.Null()]),
    }),
  },
  "GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/changes": {
    summary:
      "Be told in which runs of a stack something changes, as server-sent events, until the connection is closed",
    access: "stack:read",
    params: StackParams,
    reply: Type.Unsafe<string>({
      type: "string",
      contentMediaType: "text/event-stream",
      description:
        "`start` comes first, with `missed: false` if the request's Last-Event-ID says that nothing has changed since. Then `run` for each run that was started, has ended, or was settled, and `events` for each that has new engine events, with its `updateID`. `end` comes last, with an error as its data, when the caller may not be told any more.",
    }),
  },
  "GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/resources": {
    summary: "List the resources in the newest state of a stack, parents first, without their inputs and outputs",
    access: "stack:read",
    params: StackParams,
    query: Type.Object({ continuationToken: Type.Optional(Type.String({ pattern: "^[0-9]{1,9}$" })) }),
    reply: Type.Object({
      resources: Type.Array(
        Type.Object({
          urn: Type.String(),
          type: Type.String(),
          /** Empty for one without a parent. */
          parent: Type.String(),
          /** The old half of a replacement, which is still to be deleted. */
          pendingDelete: Type.Optional(Type.Literal(true)),
        }),
      ),
      /** How many there are. */
      total: Count,
      continuationToken: Type.Optional(Type.String()),
    }),
  },
} as const satisfies Routes;
