import type { StackCtx } from "../context.ts";
import { findReceiptStatuses, type ReceiptStatus } from "../enforcement/index.ts";
import { countRunResults, type RunResults } from "../findings/index.ts";
import { type Activity, readActivity, readActivityPage } from "../updates/index.ts";

/** An update or a preview with what policies reported in it, and what its receipt says, if it has one. */
export interface ToldActivity extends Activity {
  results: RunResults;
  receipt: ReceiptStatus | undefined;
}

/** One page of what was run on a stack, newest first. @throws invalid_input */
export async function listToldActivity(
  ctx: StackCtx,
  token: string | undefined,
): Promise<{ runs: ToldActivity[]; continuationToken: string | undefined }> {
  const { runs, continuationToken } = await readActivityPage(ctx, token);
  return { runs: await tell(ctx, runs), continuationToken };
}

/** @param update its id, the version that it made, or `latest`. @throws update_not_found, run_none */
export async function readToldActivity(ctx: StackCtx, update: string): Promise<ToldActivity> {
  const run = await readActivity(ctx, update);
  const [told] = await tell(ctx, [run]);
  return told ?? { ...run, results: none, receipt: undefined };
}

const none: RunResults = { mandatory: 0, advisory: 0, excepted: 0, remediated: 0, more: false };

async function tell({ db }: StackCtx, runs: readonly Activity[]): Promise<ToldActivity[]> {
  const ids = runs.map(({ id }) => id);
  const results = await countRunResults(db, ids);
  const receipts = await findReceiptStatuses(db, ids);
  return runs.map((run) => ({ ...run, results: results.get(run.id) ?? none, receipt: receipts.get(run.id) }));
}
