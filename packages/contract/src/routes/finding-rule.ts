import { Type } from "typebox";
import { OrgParams } from "../names.ts";
import type { Routes } from "../route.ts";

/** Null for never. */
const Days = Type.Union([Type.Integer({ minimum: 1, maximum: 3650 }), Type.Null()]);

const Rule = Type.Object({
  /** How many days after it was first seen a finding is overdue, by its severity. One without a severity never is. */
  overdueAfterDays: Type.Object({ critical: Days, high: Days, medium: Days, low: Days }),
});

export const findingRuleRoutes = {
  "GET /api/quillon/orgs/{orgName}/finding-rule": {
    summary:
      "Get after how many days findings are overdue; 7 for critical, 30 for high, 90 for medium and 180 for low unless set",
    access: "org:member",
    params: OrgParams,
    reply: Rule,
  },
  "PUT /api/quillon/orgs/{orgName}/finding-rule": {
    summary: "Set after how many days findings are overdue; it changes only what is shown",
    access: "org:admin",
    params: OrgParams,
    body: Rule,
    strict: true,
    reply: Rule,
  },
} as const satisfies Routes;
