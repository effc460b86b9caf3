import { Type } from "typebox";
import { OrgParams, Uuid } from "../names.ts";
import type { Routes } from "../route.ts";

export const deletedStackRoutes = {
  "GET /api/quillon/orgs/{orgName}/deleted-stacks": {
    summary: "List the stacks that were removed and can be restored, newest first",
    access: "org:admin",
    params: OrgParams,
    query: Type.Object({ continuationToken: Type.Optional(Type.String()) }),
    reply: Type.Object({
      stacks: Type.Array(
        Type.Object({
          id: Type.String(),
          project: Type.String(),
          stack: Type.String(),
          deleted: Type.String({ format: "date-time" }),
          /** The login of who removed it; left out for a user who was removed. */
          deletedBy: Type.Optional(Type.String()),
          /** Then it is removed for good. */
          restorableUntil: Type.String({ format: "date-time" }),
        }),
      ),
      continuationToken: Type.Optional(Type.String()),
    }),
  },
  "POST /api/quillon/orgs/{orgName}/deleted-stacks/{stackId}/restore": {
    summary: "Restore a stack that was removed, with its key, its tags, its states and its history",
    access: "org:admin",
    params: Type.Object({ ...OrgParams.properties, stackId: Uuid }),
    reply: Type.Object({
      /** Its names, which are those that it had. */
      project: Type.String(),
      stack: Type.String(),
    }),
  },
} as const satisfies Routes;
