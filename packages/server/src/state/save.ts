import { newError } from "@quillon/contract";
import type { LeaseCtx } from "../context.ts";
import { despiteConflicts } from "../db/conflicts.ts";
import { requireHere } from "./here.ts";
import { upsertCheckpoint } from "./queries.ts";
import { store } from "./store.ts";
import { compressState, compressText, type PackedState, type SentState } from "./stored.ts";
import { abandonUpdateBlobs } from "./update-blob-queries.ts";

/**
 * Makes what an update sent the current state of its stack. Storing the same state again changes nothing.
 *
 * @throws update_elsewhere, preview_has_no_state, invalid_deployment, lease_invalid
 */
export async function saveCheckpoint(ctx: LeaseCtx, sent: SentState): Promise<void> {
  await save(ctx, () => compressState(sent));
}

/** A state with its bytes, which a delta can change. */
export interface VerbatimState extends Pick<SentState, "resourceCount"> {
  /** `{"version":N,"features":[…],"deployment":{…}}` */
  text: Buffer;
  /** 1 for the first of an update. The CLI sends a state again with the same number when it missed the answer, or a delta was refused. */
  sequence: number;
}

/**
 * The same, to the byte.
 *
 * @throws update_elsewhere, preview_has_no_state, invalid_deployment, lease_invalid, state_number_unexpected
 */
export async function saveVerbatim(ctx: LeaseCtx, sent: VerbatimState): Promise<void> {
  await save(ctx, () => compressText(sent), sent.sequence);
}

async function save(ctx: LeaseCtx, pack: () => PackedState, sequence?: number): Promise<void> {
  const { db, lease } = ctx;
  const update = lease.updateId;
  requireHere(lease);
  if (lease.epoch === null) throw newError("preview_has_no_state", { update });
  const state = await store(ctx, pack());
  const stored = await despiteConflicts(() => upsertCheckpoint(db, lease, state, sequence));
  if (!stored) throw newError("lease_invalid", { update });
  if ("last" in stored) throw newError("state_number_unexpected", { sent: sequence ?? 0, last: stored.last });
  // An update may send a large state with each of a thousand steps. Together they would fill a disk within the hour that others wait.
  await abandonUpdateBlobs(db, stored.replaced);
}
