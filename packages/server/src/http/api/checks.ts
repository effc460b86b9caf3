import { readCheck, storeCheck } from "../../findings/index.ts";
import { userInfo } from "../pulumi/shapes.ts";
import type { Handlers } from "../route.ts";

export const checkHandlers = {
  "PUT /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/check": async (ctx, { body }) => {
    await storeCheck(ctx, body);
    return {};
  },
  "GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/check": async (ctx) => {
    const check = await readCheck(ctx);
    if (!check) return {};
    const { at, by, report } = check;
    return {
      check: {
        enforced: false as const,
        checkedAt: at.toISOString(),
        ...(by && { checkedBy: userInfo(by) }),
        report,
      },
    };
  },
} satisfies Partial<Handlers>;
