import { readFindingRule, setFindingRule } from "../../findings/index.ts";
import type { Handlers } from "../route.ts";

export const findingRuleHandlers = {
  "GET /api/quillon/orgs/{orgName}/finding-rule": async (ctx) => ({ overdueAfterDays: await readFindingRule(ctx) }),
  "PUT /api/quillon/orgs/{orgName}/finding-rule": async (ctx, { body }) => {
    await setFindingRule(ctx, body.overdueAfterDays);
    return body;
  },
} satisfies Partial<Handlers>;
