import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { newError } from "@quillon/contract";
import type { LeaseCtx } from "../context.ts";
import { despiteConflicts } from "../db/conflicts.ts";
import { bufferOf } from "../workers/buffers.ts";
import { applyDeltasTask } from "./apply-deltas.ts";
import { listOf } from "./change-lists.ts";
import { insertDelta, type StoredChange } from "./change-queries.ts";
import { requireHere } from "./here.ts";
import { inTurn, readPacked } from "./packed.ts";
import { type CheckpointRow, readCheckpoint } from "./queries.ts";
import { store } from "./store.ts";
import { unpackedSize } from "./stored.ts";
import { readStoredChanges } from "./stored-changes.ts";
import { abandonUpdateBlobs } from "./update-blob-queries.ts";
import { putBlob } from "./update-blobs.ts";

export interface SentDelta {
  /** One more than that of the state that it changes. */
  sequence: number;
  /** Of the text that it makes, in lower-case hexadecimal. */
  sha256: string;
  /** JSON text. */
  edits: Buffer;
}

/** In bytes. A larger delta is a blob. */
const LARGEST_IN_ROW = 256 * 1024;

/** After so many deltas, or as many bytes of them as their base has, the state is stored anew. */
const MOST_DELTAS = 32;

/**
 * Changes the state that the update has stored last. What the delta makes of it must have the hash that the client expects.
 *
 * @throws update_elsewhere, preview_has_no_state, delta_refused, state_number_unexpected, lease_invalid, state_missing, state_damaged. In each case nothing was
 * stored, and the next state has the same number.
 */
export async function saveDelta(ctx: LeaseCtx, sent: SentDelta): Promise<void> {
  const { db, lease } = ctx;
  const update = lease.updateId;
  requireHere(lease);
  if (lease.epoch === null) throw newError("preview_has_no_state", { update });
  const row = await readCheckpoint(db, { updateId: update });
  if (!row || row.sequence === null || row.changes === "journal")
    throw newError("delta_refused", { problem: "no_base" });
  if (row.sequence === sent.sequence && row.textSha256 === sent.sha256) return;
  if (row.sequence + 1 !== sent.sequence) throw unexpected(sent, row.sequence);
  const delta = await inTurn(ctx, [row], () => apply(ctx, row, sent), row.changeBytes);
  if (!delta) throw unexpected(sent, row.sequence);
  const { sequence, sha256: textSha256 } = sent;
  const replaced = await despiteConflicts(() => insertDelta(db, lease, row, { sequence, textSha256, ...delta }));
  if (replaced === undefined) throw newError("lease_invalid", { update });
  if (!replaced) throw unexpected(sent, row.sequence);
  await abandonUpdateBlobs(db, replaced);
}

function unexpected({ sequence }: SentDelta, last: number) {
  return newError("state_number_unexpected", { sent: sequence, last });
}

/** @returns undefined when the row has another state by now. */
async function apply(ctx: LeaseCtx, row: CheckpointRow, { edits, sha256 }: SentDelta) {
  const read = await readStoredChanges(ctx, row);
  if (!read) return undefined;
  const base = await readPacked(ctx, row);
  const changes = [...read.changes, listOf([edits])];
  const bytes = read.bytes + edits.length;
  const pack = read.count >= MOST_DELTAS || bytes > Math.max(LARGEST_IN_ROW, base.length);
  const made = await ctx.workers.run(applyDeltasTask, { base, changes, sha256, pack }, unpackedSize(base) + bytes);
  const { resourceCount, packed } = made;
  if (!packed) return { resourceCount, stored: await storeChange(ctx, edits) };
  const chunks = Readable.from(packed.map(bufferOf), { objectMode: false });
  return { resourceCount, folded: await store(ctx, { packed: chunks, resourceCount }) };
}

/** Puts a large change into the blob store, under a name with its SHA-256. The row that names it comes after that. */
export async function storeChange(
  ctx: Pick<LeaseCtx, "db" | "blobs">,
  json: Buffer,
): Promise<StoredChange & { bytes: number }> {
  const bytes = json.length;
  if (bytes <= LARGEST_IN_ROW) return { body: json.toString("utf8"), blob: null, bytes };
  const digest = createHash("sha256").update(json).digest("hex");
  const blob = await putBlob(ctx, "states", Readable.from([json], { objectMode: false }), digest);
  return { body: null, blob, bytes };
}
