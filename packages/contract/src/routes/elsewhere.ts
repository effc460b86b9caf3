import { Type } from "typebox";
import { OrgParams, ProjectName, StackName, StackParams } from "../names.ts";
import type { Routes } from "../route.ts";
import { RequiredPolicy } from "./policy-packs.ts";

const StackNames = Type.Object({ project: ProjectName, stack: StackName }, { additionalProperties: false });

const Place = {
  /** The backend's URL. What is secret in it is not stored. */
  backend: Type.String({ maxLength: 2_000 }),
  /** Its names in that backend. */
  project: ProjectName,
  stack: StackName,
  /** Its names here, where they must differ because another stack has them. */
  as: Type.Optional(StackNames),
};

/** What an update of the stack would say of its program. It can add packs. */
const Program = Type.Object({
  name: Type.Optional(Type.String()),
  runtime: Type.Optional(Type.String()),
  description: Type.Optional(Type.String()),
  environment: Type.Optional(Type.Record(Type.String(), Type.String(), { maxProperties: 1000 })),
});

export const elsewhereRoutes = {
  "GET /api/quillon/orgs/{orgName}/elsewhere": {
    summary: "List the stacks that you may read whose state is in a backend, by their names there",
    access: "org:member",
    params: OrgParams,
    query: Type.Object({
      /** The backend's URL. */
      backend: Type.String({ maxLength: 2_000 }),
      continuationToken: Type.Optional(Type.String()),
    }),
    reply: Type.Object({
      stacks: Type.Array(
        Type.Object({
          /** Its names in that backend. */
          project: Type.String(),
          stack: Type.String(),
          /** Its names here. */
          here: Type.Object({ project: Type.String(), stack: Type.String() }),
          /** When it was made known. */
          since: Type.String({ format: "date-time" }),
        }),
      ),
      continuationToken: Type.Optional(Type.String()),
    }),
  },
  "GET /api/quillon/orgs/{orgName}/elsewhere/policypacks": {
    summary:
      "List the policy packs that a stack would have to run which is not known yet: it has no tags, and is in no list",
    access: "org:member",
    params: OrgParams,
    query: Type.Object({ project: ProjectName, stack: StackName }),
    reply: Type.Object({ requiredPolicies: Type.Array(RequiredPolicy) }),
  },
  "POST /api/quillon/orgs/{orgName}/elsewhere/policypacks": {
    summary:
      "List the policy packs that a run of a stack whose state is in another backend would have to run; nothing is stored",
    access: "org:member",
    params: OrgParams,
    strict: true,
    body: Type.Object({ ...Place, program: Type.Optional(Program) }),
    reply: Type.Object({
      /** Its names here, or those that it would get. */
      project: Type.String(),
      stack: Type.String(),
      requiredPolicies: Type.Array(RequiredPolicy),
    }),
  },
  "PUT /api/quillon/orgs/{orgName}/elsewhere": {
    summary: "Find the stack whose state is in another backend, or make it known; no state of it is stored here",
    access: "org:member",
    params: OrgParams,
    strict: true,
    body: Type.Object(Place),
    reply: Type.Object({
      /** Its names here. */
      project: Type.String(),
      stack: Type.String(),
      /** The backend's URL as it is stored: an update of the stack must name it. */
      backend: Type.String(),
      /** Whether it was not known before. */
      made: Type.Boolean(),
    }),
  },
  "POST /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/requirements": {
    summary: "Get what the stack must run, signed, for runs of it while this server can't be asked",
    access: "stack:read",
    params: StackParams,
    strict: true,
    body: Type.Object({
      /** Until when it can be used, in unix seconds: at most 30 days from now. */
      expires: Type.Integer({ minimum: 0, maximum: 253_402_300_799 }),
      program: Type.Optional(Program),
    }),
    reply: Type.Object({
      /** JSON text. The signature is of the text `quillon requirements 1` and a line feed, and then exactly its bytes in UTF-8. */
      requirements: Type.String(),
      /** Ed25519, in base64, by the key of receipts. */
      signature: Type.String(),
      /** Where the archives of its packs are. */
      archives: Type.Array(Type.Object({ archiveSha256: Type.String(), packLocation: Type.String() })),
    }),
  },
} as const satisfies Routes;
