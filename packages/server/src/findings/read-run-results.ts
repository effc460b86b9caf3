import type { ReportedResult } from "@quillon/contract";
import type { StackCtx } from "../context.ts";
import { describePolicies, type PolicyName } from "../packs/index.ts";
import { readRun } from "../updates/index.ts";
import { findRunCounts } from "./compaction-queries.ts";
import { ownMessages } from "./report.ts";
import { listReportedPage, type ResultsWanted } from "./report-queries.ts";
import { reportRun } from "./report-run.ts";
import { readResults } from "./reported.ts";

const PAGE = 100;

/**
 * One page of what policies reported in an update or preview, the worst first.
 *
 * @param update its id, the version that it made, or `latest`.
 * @returns also how many are left out in the next page, if there is one.
 * @throws update_not_found, run_none, update_compacted_meanwhile
 */
export async function readRunResults(
  ctx: StackCtx,
  update: string,
  wanted: ResultsWanted,
): Promise<{ results: ReportedResult[]; next: number | undefined }> {
  const { id } = await readRun(ctx, update);
  const found = await listReportedPage(ctx.db, { ...wanted, updateId: id, limit: PAGE + 1 });
  // Asked last: what was listed after the run was compacted is not all that it reported.
  const all = (await findRunCounts(ctx.db, id)) && (await readCompacted(ctx, id, wanted));
  const next = (all ?? found).length > PAGE ? wanted.start + PAGE : undefined;
  if (all) return { results: all.slice(0, PAGE), next };
  const page = found.slice(0, PAGE);
  const described = await describePolicies(ctx.db, ctx.org.id, policiesIn(page));
  return { results: await readResults(ctx, id, page, ownMessages(described)), next };
}

/** A compacted run has a few results for each policy, and none of one resource. */
async function readCompacted(ctx: StackCtx, id: string, { of, start }: ResultsWanted): Promise<ReportedResult[]> {
  const results: ReportedResult[] = [];
  for await (const result of (await reportRun(ctx, id)).results("worst")) {
    const { pack, version, policy } = result;
    if (!of || (of.pack === pack && of.tag === version && of.policy === policy)) results.push(result);
  }
  return results.slice(start);
}

function policiesIn(names: readonly PolicyName[]): PolicyName[] {
  return [
    ...new Map(
      names.map(({ pack, tag, policy }) => [JSON.stringify([pack, tag, policy]), { pack, tag, policy }]),
    ).values(),
  ];
}
