import { Type } from "typebox";
import { OrgParams, ProjectName, StackName } from "../names.ts";
import type { Routes } from "../route.ts";

const StackNames = Type.Object({ project: ProjectName, stack: StackName }, { additionalProperties: false });

export const elsewhereRoutes = {
  "PUT /api/quillon/orgs/{orgName}/elsewhere": {
    summary: "Find the stack whose state is in another backend, or make it known; no state of it is stored here",
    access: "org:member",
    params: OrgParams,
    strict: true,
    body: Type.Object({
      /** The backend's URL. What is secret in it is not stored. */
      backend: Type.String({ maxLength: 2_000 }),
      /** Its names in that backend. */
      project: ProjectName,
      stack: StackName,
      /** Its names here, where they must differ because another stack has them. */
      as: Type.Optional(StackNames),
    }),
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
} as const satisfies Routes;
