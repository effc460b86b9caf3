import { readExceptions } from "../../exceptions/index.ts";
import { exceptionOf, wantsActive } from "../pulumi/policy-exceptions.ts";
import type { Handlers } from "../route.ts";

export const exceptionOverviewHandlers = {
  "GET /api/quillon/orgs/{orgName}/exceptions": async (ctx, { query }) => {
    const { policyPack: pack, policy, stack, order, continuationToken: from } = query;
    const { exceptions, continuationToken } = await readExceptions(ctx, {
      pack,
      policy,
      stack,
      active: wantsActive(query.status),
      endingWithin: query.endingWithinHours,
      unusedFor: query.unusedForHours,
      order,
      continuationToken: from,
    });
    return {
      exceptions: exceptions.map(({ neededAt, ...exception }) => ({
        ...exceptionOf(exception),
        ...(neededAt && { lastNeededAt: neededAt.toISOString() }),
      })),
      ...(continuationToken && { continuationToken }),
    };
  },
} satisfies Partial<Handlers>;
