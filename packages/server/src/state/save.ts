import { fail } from "@quillon/contract";
import type { LeaseCtx } from "../context.ts";
import { packState, type SentState } from "./packed.ts";
import { writeCheckpoint } from "./queries.ts";

/**
 * Makes what an update sent the current state of its stack. Sent again, it is stored again: no harm done.
 *
 * @throws preview_has_no_state, invalid_deployment, lease_invalid
 */
export async function saveCheckpoint({ db, lease }: LeaseCtx, sent: SentState): Promise<void> {
  const update = lease.updateId;
  if (lease.epoch === null) throw fail("preview_has_no_state", { update });
  const stored = await writeCheckpoint(db, lease, await packState(sent));
  if (!stored) throw fail("lease_invalid", { update });
}
