import { createHash } from "node:crypto";
import { newError } from "@quillon/contract";
import { recordAudit } from "../audit/index.ts";
import { type OrgCtx, type Tx, transaction } from "../context.ts";
import { writeJson } from "../json/write.ts";
import { canonical } from "../json-schema/index.ts";
import { hasAccess } from "../people/index.ts";
import { checkWish, policiesOf, type Wish } from "./check.ts";
import { type Exception, exceptionId, readExceptionId } from "./exception.ts";
import { listExceptions, shownException } from "./list-queries.ts";
import { findActive, insertException, markRemoved } from "./queries.ts";
import type { ExceptionRules } from "./rule.ts";
import { lockRules } from "./rule-queries.ts";
import { noteStacks, notesOf, type StackNotes } from "./stack-notes.ts";

export interface Made {
  exception: Exception;
  /** Whether it was there before. */
  existed: boolean;
  notes: StackNotes;
}

/**
 * Lets violations through from the next update on, or finds the active exception with which they already are: the same request
 * makes one only once.
 *
 * @throws exception_needs_approval where somebody else must agree, forbidden, exception_refused
 */
export function makeException(ctx: OrgCtx, wish: Wish): Promise<Made> {
  const decides = hasAccess("org:policy", { role: ctx.org.role });
  return transaction(ctx, async (tx) => {
    const rules = await lockRules(tx.db, tx.org.id);
    const alike = decides ? await findAlike(tx, wish) : undefined;
    if (alike) return alike;
    // Before the right is asked for: the CLI of somebody who may only ask goes on with a draft.
    if (rules.approval) throw newError("exception_needs_approval", { organization: tx.org.name });
    if (!decides) throw newError("forbidden", { problem: "exception" });
    return insert(tx, wish, { rules, userId: tx.actor.userId });
  });
}

/** The active exception that was made with an equal request. Who is blocked all the same asks again, so the warnings are told again. */
async function findAlike(ctx: OrgCtx, wish: Wish): Promise<Made | undefined> {
  const number = await findActive(ctx.db, { organizationId: ctx.org.id, digest: digestOf(wish) });
  if (number === undefined) return undefined;
  return { exception: await read(ctx, number), existed: true, notes: await notesOf(ctx, wish) };
}

/**
 * Makes an exception that may be made. The organization's rules must be locked.
 *
 * @param by who asked for it, and with which request.
 * @throws exception_refused
 */
export async function insert(
  tx: Tx<OrgCtx>,
  wish: Wish,
  by: { rules: ExceptionRules & { last: number }; userId: string | null; requestId?: string },
): Promise<Made> {
  const { pack, match, reason, seconds } = wish;
  const stacks = await checkWish(tx, wish, by.rules);
  const notes = await noteStacks(tx, pack, stacks);
  const number = by.rules.last + 1;
  await insertException(tx.db, {
    organizationId: tx.org.id,
    number,
    ...{ pack, match, reason, seconds, stacks },
    policies: policiesOf(match),
    digest: digestOf(wish),
    userId: by.userId,
    requestId: by.requestId,
  });
  const exception = await read(tx, number);
  await recordAudit(tx, {
    event: "Policy Exception Created",
    description: `Policy exception ${exceptionId(number)} of policy pack ${pack}: ${reason}`,
    after: writeJson({ ...auditedOf(exception), ...(notes.unknown.length > 0 && { unknownStacks: notes.unknown }) }),
  });
  return { exception, existed: false, notes };
}

/**
 * Makes an exception have no effect from the next update on.
 *
 * @throws exception_not_found, exception_removed when it was removed before, or has ended.
 */
export function removeException(ctx: OrgCtx, id: string): Promise<Exception> {
  return transaction(ctx, async (tx) => {
    const number = readExceptionId(id);
    const removed =
      number !== undefined &&
      (await markRemoved(tx.db, { organizationId: tx.org.id, number, userId: tx.actor.userId }));
    const [found] =
      number === undefined ? [] : await listExceptions(tx.db, { organizationId: tx.org.id, number, limit: 1 });
    if (!found) throw newError("exception_not_found", { id, organization: tx.org.name });
    const exception = shownException(found);
    if (!removed) throw newError("exception_removed", { id, at: exception.removedAt?.toISOString() ?? "" });
    await recordAudit(tx, {
      event: "Policy Exception Removed",
      description: `Policy exception ${id} of policy pack ${exception.pack}`,
      before: writeJson(auditedOf(exception)),
    });
    return exception;
  });
}

async function read({ db, org }: OrgCtx, number: number): Promise<Exception> {
  const [found] = await listExceptions(db, { organizationId: org.id, number, limit: 1 });
  if (!found) throw new Error(`policy exception ${number} vanished while it was made`);
  return shownException(found);
}

export function digestOf({ pack, match, reason, seconds }: Wish): Buffer {
  return createHash("sha256")
    .update(canonical({ pack, match, reason, seconds: seconds ?? null }))
    .digest();
}

export function auditedOf({ number, pack, match, reason, expiresAt, requestId }: Exception) {
  return {
    id: exceptionId(number),
    policyPack: pack,
    match,
    reason,
    ...(expiresAt && { expiresAt: expiresAt.toISOString() }),
    ...(requestId && { changeRequestId: requestId }),
  };
}
