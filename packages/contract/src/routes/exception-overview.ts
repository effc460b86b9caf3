import { Type } from "typebox";
import { OrgParams } from "../names.ts";
import type { Routes } from "../route.ts";
import { ExceptionStatus, PolicyException } from "./policy-exceptions.ts";

/** Ten years, which no exception exceeds. */
const Hours = Type.Integer({ minimum: 1, maximum: 87_600 });

export const exceptionOverviewRoutes = {
  "GET /api/quillon/orgs/{orgName}/exceptions": {
    summary:
      "List the policy exceptions for stacks that you may read, by age or by end; also only those about to end, or that no run needed",
    access: "org:member",
    params: OrgParams,
    query: Type.Object({
      policyPack: Type.Optional(Type.String()),
      policy: Type.Optional(Type.String()),
      /** As `project/stack`. */
      stack: Type.Optional(Type.String()),
      /** Without any, the active ones. */
      status: Type.Optional(Type.Union([ExceptionStatus, Type.Array(ExceptionStatus)])),
      /** Only those that end within so many hours. */
      endingWithinHours: Type.Optional(Hours),
      /** Only those that are as old, and that let nothing through in an update or a preview for so many hours. */
      unusedForHours: Type.Optional(Hours),
      /** The newest or the oldest first, or those that end first, and last those without an end. Without it the newest. */
      order: Type.Optional(Type.Enum(["newest", "oldest", "ending"])),
      continuationToken: Type.Optional(Type.String()),
    }),
    reply: Type.Object({
      exceptions: Type.Array(
        Type.Object({
          ...PolicyException.properties,
          /** The end of the last update or preview in which it let something through, of stacks that you may read. */
          lastNeededAt: Type.Optional(Type.String({ format: "date-time" })),
          /**
           * Stacks that are blocked in spite of it, because an older CLI ran the policy pack last and the pack did not apply it. At
           * most 10.
           */
          unappliedIn: Type.Optional(Type.Array(Type.Object({ project: Type.String(), stack: Type.String() }))),
        }),
      ),
      continuationToken: Type.Optional(Type.String()),
    }),
  },
} as const satisfies Routes;
