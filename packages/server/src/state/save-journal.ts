import { newError } from "@quillon/contract";
import type { LeaseCtx, StackCtx } from "../context.ts";
import { despiteConflicts } from "../db/conflicts.ts";
import { insertEntries, insertJournalBase } from "./change-queries.ts";
import { EMPTY } from "./export.ts";
import { foldState } from "./fold.ts";
import { requireHere } from "./here.ts";
import { entryOf, MOST_REBUILT, REBUILT, storedJson } from "./journal-entry.ts";
import { readCheckpoint, readResourceCounts } from "./queries.ts";
import { migrationsFit } from "./read.ts";
import { storeChange } from "./save-delta.ts";
import type { NumberedChange } from "./stored-changes.ts";

/** A larger state is not made of a journal, because each resource takes memory besides its bytes. */
const MOST_RESOURCES = 1_000_000;

/** Whether the next update of a stack may send a journal. */
export async function takesJournal({ db, server, stack }: StackCtx): Promise<boolean> {
  if (!server.journal) return false;
  const counts = await readResourceCounts(db, [stack.id]);
  return (counts.get(stack.id) ?? 0) <= MOST_RESOURCES;
}

/** In bytes. So much memory an entry takes besides its JSON. */
const ENTRY_BYTES = 512;

/** Numbers are from 1, each once in an update. Entries may come in another order, and again. */
export type SentEntry = NumberedChange;

/**
 * Adds entries to an update's journal, which says step by step how the state changes with which it began.
 *
 * @throws update_elsewhere, preview_has_no_state, journal_refused, journal_too_large, lease_invalid, state_missing, state_damaged,
 * server_busy. Nothing was stored then.
 */
export async function saveEntries(ctx: LeaseCtx, sent: readonly SentEntry[]): Promise<void> {
  const { db, lease } = ctx;
  const update = lease.updateId;
  const most = mostBytes(ctx);
  const bounds = { most, counted: REBUILT, mostCounted: MOST_REBUILT };
  requireHere(lease);
  if (lease.epoch === null) throw newError("preview_has_no_state", { update });
  const read = new Map<number, Buffer>();
  let hasMigration = false;
  for (const { sequence, json } of sent) {
    const entry = entryOf(json);
    if (!entry) throw newError("journal_refused", { problem: "not_entry", sequence });
    const stored = storedJson(entry);
    if (!(read.get(sequence) ?? stored).equals(stored)) throw newError("journal_refused", { problem: "other_entry" });
    read.set(sequence, stored);
    hasMigration ||= entry.kind === "state-migration";
  }
  if (hasMigration) await requireFit(ctx, read);
  const entries = await Promise.all(
    [...read].map(async ([sequence, json]) => {
      const stored = await storeChange(ctx, json);
      return { ...stored, sequence, bytes: stored.bytes + ENTRY_BYTES };
    }),
  );
  let refused = await despiteConflicts(() => insertEntries(db, lease, entries, bounds));
  if (refused === "no_base") {
    await beginJournal(ctx);
    refused = await despiteConflicts(() => insertEntries(db, lease, entries, bounds));
  }
  if (refused === "too_large") throw newError("journal_too_large", { most });
  if (refused === "counted") throw newError("journal_refused", { problem: "rebuilt", most: MOST_REBUILT });
  if (refused === "deltas" || refused === "other_entry") throw newError("journal_refused", { problem: refused });
  if (refused) throw newError("lease_invalid", { update });
}

/**
 * Entries after a migration of states name places in the base that it makes. So one that does not fit must not be acknowledged, other than
 * those kinds that change nothing then. An engine sends one when it has been told that all entries before it are stored, and waits.
 */
async function requireFit(ctx: LeaseCtx, sent: ReadonlyMap<number, Buffer>): Promise<void> {
  const updateId = ctx.lease.updateId;
  const row =
    (await readCheckpoint(ctx.db, { updateId })) ??
    (await beginJournal(ctx).then(() => readCheckpoint(ctx.db, { updateId })));
  // What keeps entries from being stored at all is said by who stores them.
  if (!row || row.changes === "deltas") return;
  const all = Array.from(sent, ([sequence, json]) => ({ sequence, json }));
  const fit = await migrationsFit(ctx, row, all);
  if (fit === undefined) throw newError("server_busy", {});
  if (!fit) throw newError("journal_refused", { problem: "migration" });
}

/** A journal that changes each resource of the largest state has it twice: before a step, and after it. */
function mostBytes({ limits }: LeaseCtx): number {
  return 2 * limits.state;
}

async function beginJournal(ctx: LeaseCtx): Promise<void> {
  const { db, lease } = ctx;
  const before = await readCheckpoint(db, { stackId: lease.stackId });
  // Its update ended a moment ago, perhaps because its lease had expired when this one was started.
  if (before?.changes && before.updateId !== lease.updateId) await foldState(ctx, before.updateId);
  await despiteConflicts(() => insertJournalBase(db, lease, EMPTY));
}
