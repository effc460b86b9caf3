import { type Static, type TSchema, Type } from "typebox";
import { LONGEST_CHECKED, MOST_CHECKED } from "../check-limits.ts";
import { PackName, StackParams } from "../names.ts";
import { Empty, type Routes } from "../route.ts";
import { UserInfo } from "./members.ts";
import { MOST_POLICIES } from "./policy-packs.ts";
import { Report } from "./reports.ts";

const text = (maxLength: number) => Type.String({ maxLength, pattern: "^[^\\0]*$" });
const Count = Type.Integer({ minimum: 0, maximum: 1_000_000_000 });
const closed = <T extends Record<string, TSchema>>(properties: T) =>
  Type.Object(properties, { additionalProperties: false });

const Exception = closed({ id: text(200), reason: text(4000), expiresAt: Type.Optional(text(40)) });

const CheckedPolicy = closed({
  name: text(200),
  description: text(4000),
  severity: text(40),
  remediationSteps: Type.Optional(text(4000)),
  url: Type.Optional(text(2000)),
  mandatory: Count,
  advisory: Count,
  excepted: Count,
  remediated: Count,
  notEvaluated: Count,
  passed: Count,
});

const Checked = Type.Object({
  packs: Type.Array(
    closed({ name: PackName, version: text(100), policies: Type.Array(CheckedPolicy, { maxItems: MOST_POLICIES }) }),
    { maxItems: 200 },
  ),
  /** The worst. */
  results: Type.Array(
    closed({
      kind: Type.Enum(["violated", "remediated", "not-evaluated"]),
      pack: PackName,
      version: text(100),
      policy: text(200),
      level: text(40),
      severity: text(40),
      urn: text(LONGEST_CHECKED),
      message: text(LONGEST_CHECKED),
      exceptions: Type.Optional(Type.Array(Exception, { maxItems: 20 })),
    }),
    { maxItems: MOST_CHECKED },
  ),
  /** How many results are only counted. */
  leftOut: Count,
});
export type Checked = Static<typeof Checked>;

export const checkRoutes = {
  "PUT /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/check": {
    summary:
      "Store what policies say of the state of a stack whose state is elsewhere, instead of the check before: checked, not enforced",
    access: "stack:write",
    params: StackParams,
    strict: true,
    limit: "pack",
    body: Checked,
    reply: Empty,
  },
  "GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/check": {
    summary: "Get what policies said of the state of a stack when it was checked last, which enforced nothing",
    access: "stack:read",
    params: StackParams,
    reply: Type.Object({
      /** Absent for a stack that was never checked. */
      check: Type.Optional(
        Type.Object({
          enforced: Type.Literal(false),
          checkedAt: Type.String({ format: "date-time" }),
          /** Absent when that user is not there any more. */
          checkedBy: Type.Optional(UserInfo),
          report: Report,
        }),
      ),
    }),
  },
} as const satisfies Routes;
