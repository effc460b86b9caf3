import { newError } from "@quillon/contract";
import type { LeaseCtx } from "../context.ts";
import { despiteConflicts } from "../db/conflicts.ts";
import { EMPTY } from "./export.ts";
import { foldState } from "./fold.ts";
import { requireHere } from "./here.ts";
import { entryOf } from "./journal-entry.ts";
import { insertEntries, insertJournalBase, readCheckpoint } from "./queries.ts";
import { storeChange } from "./save-delta.ts";

export interface SentEntry {
  /** From 1, each once in an update. Entries may come in another order, and again. */
  sequence: number;
  /** Its JSON text. */
  json: Buffer;
}

/**
 * Adds entries to an update's journal, which says step by step how the state changes with which it began.
 *
 * @throws update_elsewhere, preview_has_no_state, journal_refused, lease_invalid. Nothing was stored then.
 */
export async function saveEntries(ctx: LeaseCtx, sent: readonly SentEntry[]): Promise<void> {
  const { db, lease } = ctx;
  const update = lease.updateId;
  requireHere(lease);
  if (lease.epoch === null) throw newError("preview_has_no_state", { update });
  for (const { sequence, json } of sent)
    if (!entryOf(json)) throw newError("journal_refused", { problem: "not_entry", sequence });
  const entries = await Promise.all(
    sent.map(async ({ sequence, json }) => ({ sequence, ...(await storeChange(ctx, json)) })),
  );
  let refused = await despiteConflicts(() => insertEntries(db, lease, entries));
  if (refused === "no_base") {
    await beginJournal(ctx);
    refused = await despiteConflicts(() => insertEntries(db, lease, entries));
  }
  if (refused === "deltas" || refused === "other_entry") throw newError("journal_refused", { problem: refused });
  if (refused) throw newError("lease_invalid", { update });
}

async function beginJournal(ctx: LeaseCtx): Promise<void> {
  const { db, lease } = ctx;
  const before = await readCheckpoint(db, { stackId: lease.stackId });
  // Its update ended a moment ago, perhaps because its lease had expired when this one was started.
  if (before?.changes && before.updateId !== lease.updateId) await foldState(ctx, before.updateId);
  await despiteConflicts(() => insertJournalBase(db, lease, EMPTY));
}
