import { newError } from "@quillon/contract";
import type { LeaseCtx } from "../context.ts";
import { despiteConflicts } from "../db/conflicts.ts";
import { upsertCheckpoint } from "./queries.ts";
import { store } from "./store.ts";
import { compressState, type SentState } from "./stored.ts";
import { abandonUpdateBlob } from "./update-blob-queries.ts";

/**
 * Makes what an update sent the current state of its stack. Storing the same state again changes nothing.
 *
 * @throws preview_has_no_state, invalid_deployment, lease_invalid
 */
export async function saveCheckpoint(ctx: LeaseCtx, sent: SentState): Promise<void> {
  const { db, lease } = ctx;
  const update = lease.updateId;
  if (lease.epoch === null) throw newError("preview_has_no_state", { update });
  const state = await store(ctx, compressState(sent));
  const stored = await despiteConflicts(() => upsertCheckpoint(db, lease, state));
  if (!stored) throw newError("lease_invalid", { update });
  // An update may send a large state with each of a thousand steps. Together they would fill a disk within the hour that others wait.
  if (stored.replaced !== null) await abandonUpdateBlob(db, stored.replaced);
}
