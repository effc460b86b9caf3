import { type ReportedPack, type ReportedResult, rankOfSeverity } from "@quillon/contract";
import { inOrder, type Order } from "@quillon/report";
import type { PolicyCounts } from "./report-queries.ts";

/** The worst first. */
const OUTCOMES = [
  { of: "mandatory", kind: "violated", level: "mandatory" },
  { of: "advisory", kind: "violated", level: "advisory" },
  { of: "excepted", kind: "violated", level: "" },
  { of: "notEvaluated", kind: "not-evaluated", level: "" },
  { of: "remediated", kind: "remediated", level: "" },
] as const;

/** How many results a compacted run has: one for each way in which a policy ended. */
export function countOutcomes(policies: readonly PolicyCounts[]): number {
  return policies.reduce((sum, policy) => sum + OUTCOMES.filter(({ of }) => (policy[of] ?? 0) > 0).length, 0);
}

/**
 * The results of a compacted run: for each way in which a policy ended one that says of how many resources, so that no format
 * has fewer kinds of results than there were.
 */
export async function* outcomesOf({
  stack: { project, name: stack },
  packs,
  at,
  order,
  limit,
}: {
  stack: { project: string; name: string };
  packs: readonly ReportedPack[];
  /** When it was compacted. */
  at: Date;
  order: Order;
  limit: number;
}): AsyncGenerator<ReportedResult> {
  const day = at.toISOString().slice(0, 10);
  const results = OUTCOMES.flatMap(({ of, kind, level }) =>
    packs
      .flatMap((pack) => pack.policies.map((policy) => ({ pack, policy })))
      .filter(({ policy }) => policy[of] > 0)
      .toSorted((a, b) => rankOfSeverity(b.policy.severity) - rankOfSeverity(a.policy.severity))
      .map(({ pack, policy: { name: policy, severity, [of]: count } }) => {
        const message = `${count} ${count === 1 ? "resource" : "resources"}. Which is not kept any more: the update was compacted on ${day}, because it is old.`;
        return {
          kind,
          project,
          stack,
          pack: pack.name,
          version: pack.version,
          policy,
          level,
          severity,
          urn: "",
          message,
          // Which they were is not kept.
          ...(of === "excepted" && { exceptions: [] }),
        };
      }),
  );
  yield* inOrder(order, results.slice(0, limit));
}
