import { type Static, Type } from "typebox";
import { OrgName, OrgParams, StackParams } from "../names.ts";
import type { Routes } from "../route.ts";
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

const Status = Type.Enum(["active", "removed"]);

export const ExceptionMatch = Type.Array(
  Type.Object({ policies: Type.Array(Type.String()), targets: Type.Array(Type.String()) }),
);

/** One that has ended is `removed`. */
export const PolicyException = Type.Object({
  id: Type.String(),
  policyPack: Type.String(),
  match: ExceptionMatch,
  reason: Type.String(),
  status: Status,
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
      status: Type.Optional(Type.Union([Status, Type.Array(Status)])),
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
    access: "org:policy",
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
    reply: PolicyException,
  },
  "DELETE /api/orgs/{orgName}/policy/exceptions/{exceptionId}": {
    summary: "Remove a policy exception; its violations are not let through from the next update on",
    access: "org:policy",
    params: OneParams,
    reply: PolicyException,
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
