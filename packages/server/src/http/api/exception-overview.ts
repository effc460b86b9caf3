import { exceptionId, readExceptions } from "../../exceptions/index.ts";
import { readUnappliedIn } from "../../findings/index.ts";
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
    const inEffect = exceptions.filter(({ removedAt }) => !removedAt).map(({ number }) => exceptionId(number));
    const unapplied = await readUnappliedIn(ctx, { ids: inEffect, stack });
    return {
      exceptions: exceptions.map((exception) => shownOf(exception, unapplied)),
      ...(continuationToken && { continuationToken }),
    };
  },
} satisfies Partial<Handlers>;

type Listed = Awaited<ReturnType<typeof readExceptions>>["exceptions"][number];

function shownOf({ neededAt, ...exception }: Listed, unapplied: Awaited<ReturnType<typeof readUnappliedIn>>) {
  const shown = exceptionOf(exception);
  const unappliedIn = unapplied.filter(({ id }) => id === shown.id).map(({ id: _, ...named }) => named);
  return {
    ...shown,
    ...(neededAt && { lastNeededAt: neededAt.toISOString() }),
    ...(unappliedIn.length > 0 && { unappliedIn }),
  };
}
