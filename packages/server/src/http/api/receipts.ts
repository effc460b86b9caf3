import { type ListedReceipt, readReceipt, readReceipts } from "../../enforcement/index.ts";
import type { Handlers } from "../route.ts";

export const receiptHandlers = {
  "GET /api/quillon/orgs/{orgName}/receipts": async (ctx, { query }) => listOf(await readReceipts(ctx, query)),
  "GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/receipts": async (ctx, { query }) =>
    listOf(await readReceipts(ctx, { ...query, stackId: ctx.stack.id })),
  "GET /api/quillon/orgs/{orgName}/receipts/{updateID}": (ctx, { params }) => readReceipt(ctx, params.updateID),
  "GET /api/quillon/receipt-key": async ({ keys }) => ({ publicKey: keys.receipts.publicKey }),
} satisfies Partial<Handlers>;

function listOf({ receipts, continuationToken }: Awaited<ReturnType<typeof readReceipts>>) {
  return { receipts: receipts.map(receiptOf), ...(continuationToken && { continuationToken }) };
}

function receiptOf({ update, endedAt, at: _, ...receipt }: ListedReceipt) {
  return { updateID: update, ...receipt, endedAt: endedAt.toISOString() };
}
