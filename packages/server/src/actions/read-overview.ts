import type { OrgCtx } from "../context.ts";
import { listGoverned, readReceiptCounts } from "../enforcement/index.ts";
import { readResultsOverview, readStacksIn, type StackState } from "../findings/index.ts";

/** Receipts of older updates tell of a time that is over. */
const RECEIPT_DAYS = 7;

/** What is to be known of an organization at first glance, of the stacks that the caller may read. */
export async function readOverview(ctx: OrgCtx) {
  const receipts = await readReceiptCounts(ctx, { dryRun: false, days: RECEIPT_DAYS });
  return { ...(await readResultsOverview(ctx, await listGoverned(ctx))), receipts };
}

/** @throws invalid_input for a continuation token that this server did not give out. */
export async function readOverviewStacks(
  ctx: OrgCtx,
  wanted: { state: StackState; continuationToken?: string | undefined },
) {
  return readStacksIn(ctx, { ...wanted, governed: await listGoverned(ctx) });
}
