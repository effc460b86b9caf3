import { newError } from "@quillon/contract";
import type { Ctx } from "../context.ts";
import { bufferOf } from "../workers/buffers.ts";
import { applyDeltasTask } from "./apply-deltas.ts";
import { inTurn, readPacked } from "./packed.ts";
import { type CheckpointRow, readCheckpoint } from "./queries.ts";
import { fitTask, replayTask } from "./replay-journal.ts";
import type { StoredState } from "./store.ts";
import { unpackedSize } from "./stored.ts";
import { type NumberedChange, readStoredChanges } from "./stored-changes.ts";

export interface NewestState extends StoredState {
  /** How many bytes of changes it was made of, besides what its update had stored whole. */
  changeBytes: number;
  /** Changes whenever the stack gets another state, or this one is removed. */
  revision: string;
}

/** An update that stores whole states, and changes of them between, may replace one while it is read. */
const MOST_TRIES = 10;

/** In milliseconds. So long a state is made of its changes at most. */
const MOST_MS = 5 * 60_000;

/** A resource of three bytes takes a journal as much work as one of some hundred. So much more a byte counts than elsewhere. */
const WORK_OF_JOURNAL = 8;

type Reading = Pick<Ctx, "db" | "blobs" | "log" | "workers">;

/**
 * The stack's newest state, or with `version` the newest of that version or an older one, with all that its update has changed on it
 * since. Not inside a transaction, because it may take long.
 *
 * @throws state_missing, state_damaged, state_removed, server_busy
 */
export async function readState(
  ctx: Reading,
  of: { stackId: string; version?: number | undefined },
): Promise<NewestState | undefined> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const row = await readCheckpoint(ctx.db, of);
    if (!row?.changes) return row;
    const state = await folded(ctx, row);
    if (state) return { ...state, changeBytes: row.changeBytes, revision: row.revision };
  }
  ctx.log.error({ stack: of.stackId }, "a state was not read, because it was replaced each time while it was read");
  throw newError("server_busy", {});
}

/**
 * The state that a row and its changes make.
 *
 * @returns undefined when the row has another state by now.
 */
export async function folded(ctx: Reading, row: CheckpointRow): Promise<StoredState | undefined> {
  try {
    return await inTurn(ctx, [row], () => fold(ctx, row), workOf(row));
  } catch (error) {
    // Its blobs may have been replaced and removed since. While its base is the same, none of them was.
    const now = await readCheckpoint(ctx.db, { updateId: row.updateId });
    if (now && hasSameBase(now, row)) throw error;
    return undefined;
  }
}

/**
 * Whether each migration of states in the journal of a row, and in entries that are not stored yet, fits what the entries before it make.
 *
 * @returns undefined when the row has another state by now.
 */
export async function migrationsFit(
  ctx: Reading,
  row: CheckpointRow,
  sent: readonly NumberedChange[],
): Promise<boolean | undefined> {
  const sentBytes = sent.reduce((sum, { json }) => sum + json.length, 0);
  const work = workOf({ ...row, changes: "journal", changeBytes: row.changeBytes + sentBytes });
  return inTurn(
    ctx,
    [row],
    async () => {
      const read = await readStoredChanges(ctx, row, sent);
      if (!read) return undefined;
      const base = await readPacked(ctx, row);
      const size = (unpackedSize(base) + read.bytes) * WORK_OF_JOURNAL;
      return ctx.workers.run(fitTask, { base, changes: read.changes }, size, { ms: MOST_MS });
    },
    work,
  );
}

/** In bytes. */
function workOf({ changes, changeBytes, body }: CheckpointRow): number {
  if (changes !== "journal") return changeBytes;
  return ((body ? unpackedSize(body) : 0) + changeBytes) * WORK_OF_JOURNAL;
}

function hasSameBase(one: CheckpointRow, other: CheckpointRow): boolean {
  const isSameBody = one.body && other.body ? one.body.equals(other.body) : one.body === other.body;
  const { changes, baseSequence, blob } = one;
  return isSameBody && changes === other.changes && baseSequence === other.baseSequence && blob === other.blob;
}

async function fold(ctx: Reading, row: CheckpointRow): Promise<StoredState | undefined> {
  const read = await readStoredChanges(ctx, row);
  if (!read) return undefined;
  const base = await readPacked(ctx, row);
  const { changes } = read;
  const size = unpackedSize(base) + read.bytes;
  const origin = { time: row.savedOn.toISOString(), version: row.clientVersion ?? undefined };
  const { packed, resourceCount } =
    row.changes === "journal"
      ? await ctx.workers.run(replayTask, { base, changes, origin }, size * WORK_OF_JOURNAL, { ms: MOST_MS })
      : await ctx.workers.run(applyDeltasTask, { base, changes, pack: true }, size, { ms: MOST_MS });
  return { body: Buffer.concat((packed ?? []).map(bufferOf)), blob: null, sha256: null, resourceCount };
}
