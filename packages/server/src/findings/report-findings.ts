import type { ReportedResult } from "@quillon/contract";
import { inOrder, type Order } from "@quillon/report";
import type { OrgCtx } from "../context.ts";
import type { Condition, Sort } from "./grid.ts";
import { countByPolicy, type Finding, listFindingIds } from "./list-queries.ts";
import { readInParts } from "./read.ts";
import { type FoundResults, MOST_POLICIES, MOST_RESULTS, ownMessages, policiesOf, summarize } from "./report.ts";

const WORST: Sort = [
  { field: "level", descending: true },
  { field: "severity", descending: true },
  { field: "policyPack", descending: false },
  { field: "policyName", descending: false },
];

/**
 * The findings of the stacks that the caller may read that are open or excepted.
 *
 * @param most so many, the worst.
 */
export async function reportFindings(
  ctx: OrgCtx,
  { where, stack }: { where: Condition; stack: { project: string; name: string } | undefined },
  most = MOST_RESULTS,
): Promise<FoundResults> {
  const { db, actor, org } = ctx;
  const wanted = { actor, organizationId: org.id, deployed: true, where };
  const summary = await summarize(ctx, {
    counted: await countByPolicy(db, { ...wanted, limit: MOST_POLICIES }),
    isRequired: () => true,
    most,
  });
  const messageOf = ownMessages(policiesOf(summary.packs));
  async function* results(order: Order) {
    const ids = await listFindingIds(db, { ...wanted, sort: WORST, limit: most });
    const inParts = inOrder(order, ids).map(({ id }) => id);
    for await (const part of readInParts(ctx, inParts))
      yield* part.map((found) => resultOf(found, messageOf(found.message, found)));
  }
  return { head: { organization: org.name, ...(stack && { stack }), ...summary }, results };
}

function resultOf(found: Finding, message: string): ReportedResult {
  const {
    id,
    status,
    reason,
    comment,
    firstSeen,
    lastSeen,
    tag,
    project,
    stack,
    pack,
    policy,
    level,
    severity,
    urn,
    exceptions,
  } = found;
  return {
    kind: "violated",
    project,
    stack,
    pack,
    version: tag,
    policy,
    level,
    severity,
    urn,
    message,
    ...(exceptions && { exceptions }),
    finding: {
      id,
      status: exceptions ? "excepted" : status,
      ...(reason && { reason }),
      ...(comment && { comment }),
      firstSeenAt: firstSeen.toISOString(),
      lastSeenAt: lastSeen.toISOString(),
    },
  };
}
