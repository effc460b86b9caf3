import { text } from "node:stream/consumers";
import type { Ctx } from "../context.ts";
import { bufferOf } from "../workers/buffers.ts";
import { applyDeltasTask } from "./apply-deltas.ts";
import { inTurn, readPacked } from "./packed.ts";
import { type CheckpointRow, listChanges, readCheckpoint, type StoredChange } from "./queries.ts";
import { replayTask } from "./replay-journal.ts";
import { openChange, type StoredState } from "./store.ts";
import { unpackedSize } from "./stored.ts";

export interface NewestState extends StoredState {
  /** Changes whenever the stack gets another state, or this one is removed. */
  revision: string;
}

type Reading = Pick<Ctx, "db" | "blobs" | "log" | "workers">;

/**
 * The stack's newest state, or with `version` the newest of that version or an older one, with all that its update has changed on it
 * since. Not inside a transaction, because it may take long.
 *
 * @throws state_missing, state_damaged, state_removed
 */
export async function readState(
  ctx: Reading,
  of: { stackId: string; version?: number | undefined },
): Promise<NewestState | undefined> {
  for (;;) {
    const row = await readCheckpoint(ctx.db, of);
    if (!row?.changes) return row;
    const state = await folded(ctx, row);
    if (state) return { ...state, revision: row.revision };
  }
}

/**
 * The state that a row and its changes make.
 *
 * @returns undefined when the row has another state by now.
 */
export async function folded(ctx: Reading, row: CheckpointRow): Promise<StoredState | undefined> {
  const changes = await listChanges(ctx.db, row);
  if (!changes) return undefined;
  try {
    return await inTurn(ctx, [row], () => fold(ctx, row, changes));
  } catch (error) {
    // Its blobs may have been replaced and removed since.
    const now = await readCheckpoint(ctx.db, { updateId: row.updateId });
    if (now?.revision === row.revision && now.changes === row.changes) throw error;
    return undefined;
  }
}

async function fold(ctx: Reading, row: CheckpointRow, stored: readonly StoredChange[]): Promise<StoredState> {
  const base = await readPacked(ctx, row);
  const changes = await openChanges(ctx, stored);
  const size = unpackedSize(base) + sizeOf(changes);
  const origin = { time: row.savedOn.toISOString(), version: row.clientVersion ?? undefined };
  const { packed, resourceCount } =
    row.changes === "journal"
      ? await ctx.workers.run(replayTask, { base, entries: changes, origin }, size)
      : await ctx.workers.run(applyDeltasTask, { base, deltas: changes, pack: true }, size);
  return { body: Buffer.concat((packed ?? []).map(bufferOf)), blob: null, sha256: null, resourceCount };
}

/** @throws state_missing */
export async function openChanges(ctx: Pick<Ctx, "blobs" | "log">, stored: readonly StoredChange[]): Promise<string[]> {
  const changes: string[] = [];
  for (const { body, blob } of stored) changes.push(body ?? (await text(await openChange(ctx, blob ?? ""))));
  return changes;
}

export function sizeOf(changes: readonly string[]): number {
  return changes.reduce((sum, change) => sum + Buffer.byteLength(change), 0);
}
