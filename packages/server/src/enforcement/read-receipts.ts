import { isUuid, newError } from "@quillon/contract";
import type { OrgCtx } from "../context.ts";
import { pageOf, readTimeCursor } from "../cursor.ts";
import type { ReceiptStatus } from "./receipt.ts";
import {
  countReceipts,
  findReceipt,
  type ListedReceipt,
  listReceipts,
  type ReceiptFilter,
  type ReceiptsOf,
} from "./receipt-queries.ts";

const PAGE = 100;

/**
 * One page of the receipts of the stacks that the caller may read, or of one of them; newest first.
 *
 * @returns the page, and the token of the next one if there is one.
 * @throws invalid_input for a continuation token that this server did not give out.
 */
export async function readReceipts(
  ctx: OrgCtx,
  wanted: ReceiptFilter & { stackId?: string; continuationToken?: string | undefined },
): Promise<{ receipts: ListedReceipt[]; continuationToken: string | undefined }> {
  const { continuationToken, ...filter } = wanted;
  const after = readTimeCursor(continuationToken);
  const rows = await listReceipts(ctx.db, { of: ofCaller(ctx), ...filter, after, limit: PAGE + 1 });
  const { page: receipts, ...next } = pageOf(rows, PAGE, ({ at, update }) => [at, update]);
  return { receipts, ...next };
}

/** How many receipts of each status the caller may read. */
export async function readReceiptCounts(ctx: OrgCtx, filter: ReceiptFilter): Promise<Map<ReceiptStatus, number>> {
  const counts = await countReceipts(ctx.db, ofCaller(ctx), filter);
  return new Map(counts.map(({ status, count }) => [status, count]));
}

/** A receipt as it was signed, with all that is needed to check it. */
interface SignedReceipt {
  /** JSON text. Its signature is of exactly these bytes. */
  receipt: string;
  /** Ed25519, in base64. */
  signature: string;
}

/** The receipt of an update. @throws receipt_not_found */
export async function readReceipt(ctx: OrgCtx, update: string): Promise<SignedReceipt> {
  const found = isUuid(update) ? await findReceipt(ctx.db, ofCaller(ctx), update) : undefined;
  if (!found) throw newError("receipt_not_found", { update });
  return { receipt: found.body, signature: found.signature.toString("base64") };
}

function ofCaller({ actor, org }: OrgCtx): ReceiptsOf {
  return { organizationId: org.id, actor, admin: org.role === "admin" && !actor.scope?.team };
}
