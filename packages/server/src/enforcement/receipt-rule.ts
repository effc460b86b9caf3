import { newError } from "@quillon/contract";
import { recordAudit } from "../audit/index.ts";
import { type OrgCtx, type StackCtx, type Tx, transaction } from "../context.ts";
import { writeJson } from "../json/write.ts";
import { nameInOrg, qualifiedName } from "../stacks/index.ts";
import { findWithoutReceipt, readLastImport } from "../updates/index.ts";
import { findUnproven, readLastProofs, readRule, setLifted, setRule, type Unproven } from "./rule-queries.ts";
import { readStreak, type Streak, TOLD_STREAK } from "./streak-queries.ts";

/** Whether an update without a complete receipt stops the next one of its stack. */
export function readReceiptRule({ db, org }: OrgCtx): Promise<boolean> {
  return readRule(db, org.id);
}

export function setReceiptRule(ctx: OrgCtx, required: boolean): Promise<void> {
  return transaction(ctx, async (tx) => {
    const before = await readRule(tx.db, tx.org.id);
    if (before === required) return;
    await setRule(tx.db, tx.org.id, required);
    await recordAudit(tx, {
      event: "Receipt Rule Changed",
      description: required
        ? "An update without a complete receipt stops the next one of its stack"
        : "An update without a complete receipt does not stop the next one any more",
      before: writeJson({ required: before }),
      after: writeJson({ required }),
    });
  });
}

/** What receipts say of a stack. */
export interface ReceiptState {
  /** When its state was last changed by an import, if no update with a complete receipt has succeeded after that. */
  changedWithoutPoliciesSince: Date | undefined;
  /** The update because of which its next one is not started. */
  stoppedBy: Unproven | undefined;
  /** Its last updates without a complete receipt, when there are so many in a row that it is told. */
  streak: Streak | undefined;
}

export async function readReceiptState({ db, org, stack }: StackCtx): Promise<ReceiptState> {
  const replaced = await readLastImport(db, stack.id);
  const { importedAt, provenAt } = await readLastProofs(db, stack.id);
  const streak = await readStreak(db, stack.id);
  const changed = [replaced, importedAt].filter((at) => at != null && (!provenAt || at > provenAt)) as Date[];
  return {
    changedWithoutPoliciesSince: changed.sort((a, b) => a.getTime() - b.getTime()).at(-1),
    stoppedBy: (await readRule(db, org.id)) ? await findStopping(db, stack.id) : undefined,
    streak: streak && streak.updates >= TOLD_STREAK ? streak : undefined,
  };
}

/** An update whose receipt is not made yet is not proven. */
async function findStopping(db: OrgCtx["db"], stackId: string): Promise<Unproven | undefined> {
  const update = await findWithoutReceipt(db, stackId);
  if (!update) return findUnproven(db, stackId);
  return { update, status: "incomplete", reasons: ["Its receipt is not made yet. Try again in a minute."] };
}

/**
 * Lets the stack's next update start, although the receipt of its last one is not complete. Only admins of the organization
 * may, because whoever made a stack administers it, too.
 *
 * @throws forbidden
 */
export async function liftReceiptStop(ctx: StackCtx, reason: string): Promise<void> {
  if (ctx.org.role !== "admin") throw newError("forbidden", { problem: "org:admin" });
  return transaction(ctx, async (tx) => {
    await setLifted(tx.db, tx.stack.id);
    await recordAudit(tx, {
      event: "Receipt Stop Lifted",
      description: `Stack ${nameInOrg(tx.stack)}: ${reason}`,
    });
  });
}

/** Whether the organization wants a receipt that was not made yet, of an update of the stack that is over. */
export async function awaitsReceipt({ db, org, stack }: StackCtx): Promise<boolean> {
  return (await readRule(db, org.id)) && (await findWithoutReceipt(db, stack.id)) !== undefined;
}

/**
 * Refuses a real update while the organization wants a complete receipt first. A refresh or a destroy is never refused: people
 * must be able to repair and remove.
 *
 * @throws receipt_required
 */
export async function requireReceipt(tx: Tx<StackCtx>): Promise<void> {
  const { stoppedBy } = await readReceiptState(tx);
  if (!stoppedBy) return;
  const { update, status, reasons } = stoppedBy;
  throw newError("receipt_required", { stack: qualifiedName(tx), update, status, reasons: reasons.join(" ") });
}
