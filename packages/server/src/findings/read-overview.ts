import type { OrgCtx } from "../context.ts";
import { pageOf, readCursor } from "../cursor.ts";
import { listReadableUnlessAll } from "../stacks/index.ts";
import type { Governed } from "./governed.ts";
import {
  countStacks,
  listFailingPacks,
  listStacksIn,
  listWorstProjects,
  readBlocked,
  readOpenFindings,
  readScoreSums,
  type StackInState,
  type StackState,
} from "./overview-queries.ts";
import { listEndedInPredictions } from "./read-predictions.ts";
import { readTimes } from "./rule-queries.ts";

const PAGE = 100;

/** What policies found, in the stacks that the caller may read. */
export async function readResultsOverview(ctx: OrgCtx, governed: Governed) {
  const { db, actor, org } = ctx;
  const caller = { actor, organizationId: org.id };
  const stackIds = await listReadableUnlessAll(ctx, { removed: false });
  return {
    blocked: await readBlocked(db, caller, await listEndedInPredictions(db, org.id)),
    findings: await readOpenFindings(db, {
      organizationId: org.id,
      stackIds,
      ...(await readTimes(db, org.id)),
    }),
    stacks: await countStacks(db, caller, governed),
    scores: await readScoreSums(db, caller),
    projects: await listWorstProjects(db, caller),
    failingPacks: await listFailingPacks(db, caller),
  };
}

/**
 * One page of the stacks that the caller may read and that are in a state.
 *
 * @throws invalid_input for a continuation token that this server did not give out.
 */
export async function readStacksIn(
  { db, actor, org }: OrgCtx,
  wanted: { state: StackState; governed: Governed; continuationToken?: string | undefined },
): Promise<{ stacks: StackInState[]; continuationToken: string | undefined }> {
  const { state, governed, continuationToken } = wanted;
  const after = readCursor(continuationToken, 2);
  const caller = { actor, organizationId: org.id };
  const rows = await listStacksIn(db, { ...caller, state, governed, after, limit: PAGE + 1 });
  const { page: stacks, ...next } = pageOf(rows, PAGE, ({ project, stack }) => [project, stack]);
  return { stacks, ...next };
}
