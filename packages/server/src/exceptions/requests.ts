import { newError } from "@quillon/contract";
import { recordAudit } from "../audit/index.ts";
import { type OrgCtx, type Tx, transaction } from "../context.ts";
import { readTimeCursor, writeCursor } from "../cursor.ts";
import { writeJson } from "../json/write.ts";
import { areOnePerson, covers, findRole, hasAccess } from "../people/index.ts";
import { findStack } from "../stacks/index.ts";
import { checkWish, stacksOf, type Wish } from "./check.ts";
import { decides, findRequest, seenBy, withRequest } from "./find-request.ts";
import { digestOf, insert, type Made } from "./make.ts";
import { insertRequestEvent, type NewRequestEvent } from "./request-event-queries.ts";
import {
  type ExceptionRequestRow,
  insertRequest,
  listRequests,
  OPEN_DAYS,
  type RequestChange,
  type RequestStatus,
  setRequest,
} from "./request-queries.ts";
import { lockRules } from "./rule-queries.ts";
import type { StackOfUrn } from "./urn.ts";

/** A request has one revision, because what it asks for never changes. */
export const REVISION = 1;

/**
 * Asks for an exception. Who has the same open request already gets that one.
 *
 * @throws exception_refused, forbidden when the caller is no policy manager and may not write to each stack that the URNs name.
 */
export function draftException(ctx: OrgCtx, wish: Wish): Promise<ExceptionRequestRow> {
  return transaction(ctx, async (tx) => {
    const rules = await lockRules(tx.db, tx.org.id);
    const digest = digestOf(wish);
    const mine = { organizationId: tx.org.id, authorId: tx.actor.userId, digest, open: true, limit: 1 };
    const [alike] = await listRequests(tx.db, mine);
    if (alike) return alike;
    // Before anything is told of the stacks.
    if (!decides(tx)) await requireWrite(tx, stacksOf(wish.match));
    await checkWish(tx, wish, rules);
    const id = await insertRequest(tx.db, { organizationId: tx.org.id, wish, digest, userId: tx.actor.userId });
    await insertRequestEvent(tx.db, { requestId: id, step: "made", after: "draft", userId: tx.actor.userId });
    const request = await findRequest(tx, id);
    await audit(tx, "Policy Exception Requested", request, request.reason);
    return request;
  });
}

/** Of how many stacks somebody who is no policy manager may ask for an exception at once, because each of them is looked at. */
const STACKS = 100;

/** Whoever may not even read a stack is told the same as of one that does not exist. @throws forbidden, exception_refused */
async function requireWrite(tx: Tx<OrgCtx>, stacks: readonly StackOfUrn[]): Promise<void> {
  if (stacks.length > STACKS)
    throw newError("exception_refused", { problem: "stacks", stacks: stacks.length, most: STACKS });
  for (const { project, stack } of stacks) {
    const found = await findStack(tx, { project, name: stack });
    if (!covers(found?.permission ?? "none", "write")) throw newError("forbidden", { problem: "stack:write" });
  }
}

/** @throws exception_request_not_found */
export function readRequest(ctx: OrgCtx, id: string): Promise<ExceptionRequestRow> {
  return findRequest(ctx, id);
}

const PAGE = 100;

/** One page of the requests that the caller may see: all for a policy manager, and their own for others. Newest first. */
export async function readRequests(
  ctx: OrgCtx,
  { status, continuationToken }: { status?: RequestStatus | undefined; continuationToken?: string | undefined },
): Promise<{ requests: ExceptionRequestRow[]; continuationToken: string | undefined }> {
  const after = readTimeCursor(continuationToken);
  const rows = await listRequests(ctx.db, { ...seenBy(ctx), status, after, limit: PAGE + 1 });
  const requests = rows.slice(0, PAGE);
  const last = (rows[0]?.found ?? 0) > requests.length ? requests.at(-1) : undefined;
  return { requests, continuationToken: last && writeCursor([last.at, last.id]) };
}

/** Asks others to decide. Where nobody has to agree, that of a policy manager is ready at once. @throws exception_request_refused */
export function submitRequest(ctx: OrgCtx, id: string, description: string): Promise<void> {
  return withRequest(ctx, id, async (tx, request) => {
    const { approval } = await lockRules(tx.db, tx.org.id);
    requireStatus(request, "draft");
    const change = { status: approval || !decides(tx) ? "pending" : "ready", description } as const;
    await take(tx, request, { step: "submitted", change });
    await audit(tx, "Policy Exception Request Submitted", request, description);
  });
}

/**
 * Agrees, for a policy manager who has not made the request, also not with a token that they made.
 *
 * @throws exception_own_request, exception_request_refused, exception_refused when it can't be made any more.
 */
export function approveRequest(
  ctx: OrgCtx,
  id: string,
  approval: { revision: number; comment: string },
): Promise<void> {
  return withRequest(ctx, id, async (tx, request) => {
    const rules = await lockRules(tx.db, tx.org.id);
    if (request.authorId && (await areOnePerson(tx.db, request.authorId, tx.actor.userId)))
      throw newError("exception_own_request", { id });
    if (request.status === "ready" && (await approvalOf(tx, request)) === "holds")
      throw newError("exception_request_refused", { problem: "approved", id });
    // Nobody had to agree when it was submitted, and somebody may have to since.
    if (request.status !== "ready") requireStatus(request, "pending");
    if (approval.revision !== REVISION) throw newError("exception_request_refused", { problem: "revision", id });
    await checkWish(tx, wishOf(request), rules);
    const { comment } = approval;
    const change = { status: "ready", approval: { userId: tx.actor.userId, comment } } as const;
    await take(tx, request, { step: "approved", comment, change });
    await audit(tx, "Policy Exception Request Approved", request, approval.comment);
  });
}

/** Takes an approval back that was not applied yet. @throws exception_request_refused */
export function unapproveRequest(ctx: OrgCtx, id: string, comment: string): Promise<void> {
  return withRequest(ctx, id, async (tx, request) => {
    requireStatus(request, "ready");
    await take(tx, request, { step: "unapproved", comment, change: { status: "pending", approval: null } });
    await audit(tx, "Policy Exception Approval Withdrawn", request, comment);
  });
}

/**
 * Makes the exception that was asked for. Its time begins now. The rights of who asked and who agreed are those of now, too, because the
 * stack may have become another one since.
 *
 * @throws exception_request_refused, exception_refused when it can't be made any more, and forbidden for a caller who is no policy
 *   manager where nobody had to agree, or when they may not write to each stack that the URNs name any more.
 */
export function applyRequest(ctx: OrgCtx, id: string): Promise<Made> {
  return withRequest(ctx, id, async (tx, request) => {
    const rules = await lockRules(tx.db, tx.org.id);
    requireStatus(request, "ready");
    const approval = await approvalOf(tx, request);
    if (approval !== "holds") {
      if (rules.approval) throw newError("exception_request_refused", { problem: approval, id });
      if (!decides(tx)) throw newError("forbidden", { problem: "org:policy" });
    }
    const wish = wishOf(request);
    if (!decides(tx)) await requireWrite(tx, stacksOf(wish.match));
    const by = { rules, userId: request.authorId, requestId: id };
    // Also where an equal one is in effect: it has another end, and was agreed to by somebody else.
    const made = await insert(tx, wish, by);
    await take(tx, request, { step: "applied", change: { status: "applied" } });
    return made;
  });
}

/** Whether somebody has approved a request who may still do so. */
async function approvalOf(
  { db, org }: OrgCtx,
  { approverId, approvedAt }: ExceptionRequestRow,
): Promise<"holds" | "not_approved" | "approver"> {
  if (!approvedAt) return "not_approved";
  const role = approverId === null ? undefined : await findRole(db, org.id, approverId);
  return role !== undefined && hasAccess("org:policy", { role }) ? "holds" : "approver";
}

/** Rejects a request, or takes one's own back. @throws exception_request_refused */
export function closeRequest(ctx: OrgCtx, id: string, comment: string): Promise<void> {
  return withRequest(ctx, id, async (tx, request) => {
    if (request.status === "applied" || request.status === "closed") throw wrongStatus(request);
    const change = { status: "closed", close: { userId: tx.actor.userId, comment } } as const;
    await take(tx, request, { step: "closed", comment, change });
    await audit(tx, "Policy Exception Request Closed", request, comment);
  });
}

/** Takes a request to another status. It must be locked. */
async function take(
  { db, actor }: Tx<OrgCtx>,
  { id, status }: ExceptionRequestRow,
  { step, comment = "", change }: { step: NewRequestEvent["step"]; comment?: string; change: RequestChange },
): Promise<void> {
  await setRequest(db, id, change);
  const event = { before: status, after: change.status, comment, userId: actor.userId };
  await insertRequestEvent(db, { requestId: id, step, ...event });
}

/** @throws exception_request_refused */
function requireStatus(request: ExceptionRequestRow, wanted: RequestStatus): void {
  if (request.status !== wanted) throw wrongStatus(request);
}

function wrongStatus({ id, status, lapsed }: ExceptionRequestRow) {
  return lapsed
    ? newError("exception_request_refused", { problem: "lapsed", id, days: OPEN_DAYS })
    : newError("exception_request_refused", { problem: "status", id, status });
}

function wishOf({ pack, match, reason, seconds }: ExceptionRequestRow): Wish {
  return { pack, match, reason, seconds: seconds ?? undefined };
}

type RequestEvent =
  `Policy Exception ${"Requested" | "Request Submitted" | "Request Approved" | "Approval Withdrawn" | "Request Closed"}`;

async function audit(
  tx: Tx<OrgCtx>,
  event: RequestEvent,
  request: ExceptionRequestRow,
  comment: string,
): Promise<void> {
  const { id, pack, match, reason, seconds } = request;
  await recordAudit(tx, {
    event,
    description: `Change request ${id} for an exception from policy pack ${pack}${comment && `: ${comment}`}`,
    after: writeJson({
      changeRequestId: id,
      policyPack: pack,
      match,
      reason,
      ...(seconds && { expiresInSeconds: seconds }),
    }),
  });
}
