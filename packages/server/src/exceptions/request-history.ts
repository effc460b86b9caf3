import { newError } from "@quillon/contract";
import { recordAudit } from "../audit/index.ts";
import type { OrgCtx } from "../context.ts";
import { pageOf, readCursor } from "../cursor.ts";
import { isBlank } from "./blank.ts";
import { findRequest, withRequest } from "./find-request.ts";
import {
  countRequestEvents,
  insertRequestEvent,
  listRequestEvents,
  type RequestEventRow,
} from "./request-event-queries.ts";

/** In events. Comments are refused beyond it; a step of the request never is. */
const MOST = 1000;

/**
 * Says something of a request, for those who may see it. One that is applied or closed is still talked about.
 *
 * @throws exception_comment_blank, exception_request_not_found, exception_request_refused when there are too many.
 */
export function commentRequest(ctx: OrgCtx, id: string, comment: string): Promise<void> {
  return withRequest(ctx, id, async (tx, { pack }) => {
    if (isBlank(comment)) throw newError("exception_comment_blank", { id });
    if ((await countRequestEvents(tx.db, id)) >= MOST)
      throw newError("exception_request_refused", { problem: "comments", id, most: MOST });
    await insertRequestEvent(tx.db, { requestId: id, step: "commented", comment, userId: tx.actor.userId });
    await recordAudit(tx, {
      event: "Policy Exception Request Commented",
      description: `Change request ${id} for an exception from policy pack ${pack}: ${comment}`,
    });
  });
}

const PAGE = 100;

/**
 * One page of what happened to a request, oldest first.
 *
 * @throws exception_request_not_found, invalid_input for a continuation token that this server did not give out.
 */
export async function readRequestEvents(
  ctx: OrgCtx,
  id: string,
  continuationToken: string | undefined,
): Promise<{ events: RequestEventRow[]; continuationToken: string | undefined }> {
  const after = readCursor(continuationToken, 2, /^\d{1,17}$/);
  await findRequest(ctx, id);
  const rows = await listRequestEvents(ctx.db, { requestId: id, after, limit: PAGE + 1 });
  const { page: events, ...next } = pageOf(rows, PAGE, ({ at, number }) => [at, String(number)]);
  return { events, ...next };
}
