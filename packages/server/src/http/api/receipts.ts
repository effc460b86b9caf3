import {
  type ListedReceipt,
  liftReceiptStop,
  readReceipt,
  readReceiptRule,
  readReceiptState,
  readReceipts,
  setReceiptRule,
} from "../../enforcement/index.ts";
import type { Handlers } from "../route.ts";

export const receiptHandlers = {
  "GET /api/quillon/orgs/{orgName}/receipts": async (ctx, { query }) => listOf(await readReceipts(ctx, query)),
  "GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/receipts": async (ctx, { query }) =>
    listOf(await readReceipts(ctx, { ...query, stackId: ctx.stack.id })),
  "GET /api/quillon/orgs/{orgName}/receipts/{updateID}": (ctx, { params }) => readReceipt(ctx, params.updateID),
  "GET /api/quillon/receipt-key": async ({ keys }) => ({ publicKey: keys.receipts.publicKey }),
  "GET /api/quillon/orgs/{orgName}/receipt-rule": async (ctx) => ({ required: await readReceiptRule(ctx) }),
  "PUT /api/quillon/orgs/{orgName}/receipt-rule": async (ctx, { body }) => {
    await setReceiptRule(ctx, body.required);
    return body;
  },
  "GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/receipt-state": async (ctx) => {
    const { changedWithoutPoliciesSince, stoppedBy, streak } = await readReceiptState(ctx);
    return {
      ...(changedWithoutPoliciesSince && { changedWithoutPoliciesSince: changedWithoutPoliciesSince.toISOString() }),
      ...(stoppedBy && { stoppedBy: stopOf(stoppedBy) }),
      ...(streak && { withoutCompleteReceipt: { updates: streak.updates, since: streak.since.toISOString() } }),
    };
  },
  "POST /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/receipt-state/lift": async (ctx, { body }) => {
    await liftReceiptStop(ctx, body.reason);
    return {};
  },
} satisfies Partial<Handlers>;

function stopOf({ update, ...why }: NonNullable<Awaited<ReturnType<typeof readReceiptState>>["stoppedBy"]>) {
  return { updateID: update, ...why };
}

function listOf({ receipts, continuationToken }: Awaited<ReturnType<typeof readReceipts>>) {
  return { receipts: receipts.map(receiptOf), ...(continuationToken && { continuationToken }) };
}

function receiptOf({ update, endedAt, at: _, ...receipt }: ListedReceipt) {
  return { updateID: update, ...receipt, endedAt: endedAt.toISOString() };
}
