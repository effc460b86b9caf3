import { type TSchema, Type } from "typebox";
import { StackParams, StackTags, Uuid } from "../names.ts";
import { Empty, type Route, type Routes } from "../route.ts";
import { RequiredPolicy } from "./policy-packs.ts";
import { ConfigMap, Deployment, UntypedDeployment } from "./stacks.ts";

const UpdateParams = Type.Object({ ...StackParams.properties, updateID: Uuid });

const Anything = Type.Optional(Type.Unknown());
const orNull = <T extends TSchema>(schema: T) => Type.Optional(Type.Union([schema, Type.Null()]));

const OfPack = { policyPackName: Anything, policyPackVersion: Anything, policyPackVersionTag: Anything };
const OfResource = { ...OfPack, resourceUrn: Anything };
const Outcome = { passed: Anything, failed: Anything };
const State = Type.Object({ urn: Anything, custom: Anything, parent: Anything });
const Step = Type.Object({
  metadata: orNull(Type.Object({ op: Anything, urn: Anything, old: orNull(State), new: orNull(State) })),
  planning: Anything,
});

/**
 * One engine event. The server reads only these fields; the rest is stored unchanged. The types of the fields are left open,
 * because the CLI drops a batch that is refused.
 */
const EngineEvent = Type.Object({
  sequence: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
  timestamp: Type.Integer(),
  policyEvent: orNull(
    Type.Object({
      ...OfResource,
      policyName: Anything,
      message: Anything,
      enforcementLevel: Anything,
      severity: Anything,
      exceptions: Anything,
    }),
  ),
  policyRemediationEvent: orNull(Type.Object({ ...OfResource, policyName: Anything })),
  policyAnalyzeSummaryEvent: orNull(Type.Object({ ...OfResource, ...Outcome })),
  policyAnalyzeStackSummaryEvent: orNull(Type.Object({ ...OfPack, ...Outcome })),
  resourcePreEvent: orNull(Step),
  resOutputsEvent: orNull(Step),
  resOpFailedEvent: orNull(Step),
  summaryEvent: orNull(
    Type.Object({
      isPreview: Anything,
      // Engines have some fifteen kinds of steps.
      resourceChanges: orNull(Type.Record(Type.String(), Type.Unknown(), { maxProperties: 100 })),
    }),
  ),
});

/** The CLI sends 50 at a time. The bound keeps the decoded batch small. */
const EVENTS = 10_000;

/** Of an update's states: 1, then one more for each that was stored. */
const SequenceNumber = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });

/** The rest of an entry is stored as it was sent. An entry that is already stored does not change. */
const JournalEntry = Type.Object({
  version: Type.Integer(),
  kind: Type.Integer(),
  sequenceID: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
});

/** The CLI sends 100 at a time. */
const ENTRIES = 10_000;

const create = (verb: string) =>
  ({
    summary: `Make ${verb}; the reply lists the policy packs that it must run`,
    access: "stack:write",
    params: StackParams,
    body: Type.Object({
      name: Type.Optional(Type.String()),
      runtime: Type.Optional(Type.String()),
      main: Type.Optional(Type.String()),
      description: Type.Optional(Type.String()),
      options: Type.Optional(Type.Object({ dryRun: Type.Optional(Type.Boolean()) })),
      config: Type.Optional(ConfigMap),
      /** Where the stack's state is, if it is not here: the URL with which the stack was registered. */
      backend: Type.Optional(Type.String()),
      /** Of such a stack: on what the run is based, where its client does not run what this reply lists. */
      basis: Type.Optional(
        Type.Object({
          /** A stack's requirements and their signature, as this server gave them out. The update must run what they say. */
          requirements: Type.Optional(Type.Object({ text: Type.String(), signature: Type.String() })),
          /** Why it was run without what it must run. */
          breakGlass: Type.Optional(Type.String({ minLength: 1, maxLength: 1000 })),
          /** When it ran, in unix seconds, if it is reported afterwards. */
          ran: Type.Optional(
            Type.Object({
              from: Type.Integer({ minimum: 0, maximum: 9_999_999_999 }),
              to: Type.Integer({ minimum: 0, maximum: 9_999_999_999 }),
            }),
          ),
        }),
      ),
      metadata: Type.Optional(
        Type.Object({
          message: Type.Optional(Type.String()),
          // The CLI sends some fifty.
          environment: Type.Optional(Type.Record(Type.String(), Type.String(), { maxProperties: 1000 })),
        }),
      ),
    }),
    reply: Type.Object({
      updateID: Type.String(),
      requiredPolicies: Type.Array(RequiredPolicy),
      aiSettings: Type.Object({ copilotIsEnabled: Type.Boolean() }),
      messages: Type.Optional(Type.Array(Type.Object({ severity: Type.String(), message: Type.String() }))),
    }),
  }) as const satisfies Route;

export const updateRoutes = {
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/update": create("an update"),
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/preview": create("a preview"),
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/refresh": create("a refresh"),
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/destroy": create("a destroy"),
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/update/{updateID}": {
    summary: "Start an update; unless it is a dry run, it holds the stack's lease and its tags replace the stack's",
    access: "stack:write",
    params: UpdateParams,
    body: Type.Object({ tags: Type.Optional(StackTags), journalVersion: Type.Optional(Type.Integer()) }),
    reply: Type.Object({
      version: Type.Integer(),
      token: Type.String(),
      tokenExpiration: Type.Integer(),
      /** Of the journal that the update sends instead of its states. Absent when it offered none. */
      journalVersion: Type.Optional(Type.Integer()),
    }),
  },
  "GET /api/stacks/{orgName}/{projectName}/{stackName}/update/{updateID}": {
    summary: "Get the status of an update",
    access: "stack:read",
    params: UpdateParams,
    query: Type.Object({ continuationToken: Type.Optional(Type.String()) }),
    reply: Type.Object({
      status: Type.String(),
      events: Type.Array(Type.Unknown()),
      /** Present until the update has ended. */
      continuationToken: Type.Optional(Type.String()),
    }),
  },
  "GET /api/stacks/{orgName}/{projectName}/{stackName}/update/{updateID}/events": {
    summary: "List the engine events of an update, in order",
    access: "stack:read",
    /** The id of the update, or the version that it made. */
    params: Type.Object({ ...StackParams.properties, updateID: Type.String() }),
    query: Type.Object({
      continuationToken: Type.Optional(Type.String({ pattern: "^[0-9]{1,15}$" })),
      /** Pulumi's number of a kind of events. Only 9 is supported: the violations of policies. */
      type: Type.Optional(Type.Unknown()),
      /** Not supported, and refused. */
      urn: Type.Optional(Type.Unknown()),
    }),
    reply: Type.Object({
      events: Type.Array(Type.Unknown()),
      continuationToken: Type.Union([Type.String(), Type.Null()]),
    }),
  },
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/update/{updateID}/renew_lease": {
    summary: "Renew the lease of an update",
    access: "lease",
    params: UpdateParams,
    body: Type.Object({
      token: Type.Optional(Type.String()),
      /** Seconds from now. A longer time than 300 seconds becomes 300. */
      duration: Type.Integer({ minimum: 1 }),
    }),
    reply: Type.Object({ token: Type.String(), tokenExpiration: Type.Integer() }),
  },
  "PATCH /api/stacks/{orgName}/{projectName}/{stackName}/update/{updateID}/checkpoint": {
    summary: "Store the current state of the stack",
    access: "lease",
    params: UpdateParams,
    limit: "state",
    raw: "json",
    body: Type.Object({
      isInvalid: Type.Optional(Type.Boolean()),
      version: Type.Integer({ minimum: 1, maximum: 4 }),
      features: Type.Optional(Type.Array(Type.String(), { maxItems: 1000 })),
      deployment: Type.Optional(Deployment),
    }),
    reply: Empty,
  },
  "PATCH /api/stacks/{orgName}/{projectName}/{stackName}/update/{updateID}/checkpointverbatim": {
    summary: "Store the current state of the stack, to the byte, so that a delta can change it",
    access: "lease",
    params: UpdateParams,
    limit: "state",
    raw: "json",
    body: Type.Object({
      version: Type.Optional(Type.Integer()),
      /** Its bytes are the state. */
      untypedDeployment: UntypedDeployment,
      sequenceNumber: SequenceNumber,
    }),
    reply: Empty,
  },
  "PATCH /api/stacks/{orgName}/{projectName}/{stackName}/update/{updateID}/checkpointdelta": {
    summary: "Change the last state that the update has stored",
    access: "lease",
    params: UpdateParams,
    limit: "state",
    raw: "json",
    body: Type.Object({
      version: Type.Optional(Type.Integer()),
      /** The SHA-256 of the state that the delta makes, in lower-case hexadecimal. */
      checkpointHash: Type.String({ pattern: "^[0-9a-f]{64}$" }),
      sequenceNumber: SequenceNumber,
      /** Edits `{Span: {start: {offset}, end: {offset}}, NewText}`, whose offsets are in bytes. */
      deploymentDelta: Type.Array(Type.Unknown()),
    }),
    reply: Empty,
  },
  "PATCH /api/stacks/{orgName}/{projectName}/{stackName}/update/{updateID}/journalentries": {
    summary: "Add to the journal of the steps that change the state with which the update began",
    access: "lease",
    params: UpdateParams,
    limit: "state",
    raw: "json",
    body: Type.Object({ entries: Type.Optional(Type.Array(JournalEntry, { maxItems: ENTRIES })) }),
    reply: Empty,
  },
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/update/{updateID}/events/batch": {
    summary: "Record engine events; an event that is already recorded does not change",
    access: "lease",
    params: UpdateParams,
    limit: "state",
    raw: "json",
    body: Type.Object({ events: Type.Array(EngineEvent, { maxItems: EVENTS }) }),
    reply: Empty,
  },
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/update/{updateID}/complete": {
    summary: "End an update and its lease",
    access: "lease",
    params: UpdateParams,
    body: Type.Object({
      status: Type.Union([Type.Literal("succeeded"), Type.Literal("failed"), Type.Literal("cancelled")]),
    }),
    reply: Empty,
  },
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/update/{updateID}/cancel": {
    summary: "Cancel an update; its lease is no longer valid",
    access: "stack:write",
    params: UpdateParams,
    reply: Empty,
  },
} as const satisfies Routes;
