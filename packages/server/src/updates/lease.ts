import { isUuid, newError } from "@quillon/contract";
import type { Lease, LeaseCtx } from "../context.ts";
import type { Db } from "../db/open.ts";
import { hashToken } from "../people/index.ts";
import * as queries from "./queries.ts";

/** The life of a lease, as the CLI assumes it too; a renewal gives at most as much again. */
export const LEASE_SECONDS = 300;

/** The update that an update-token belongs to. It may have ended: each verb says for itself what that means. */
export async function findLease(
  db: Db,
  { token, ...path }: { orgName: string; projectName: string; stackName: string; updateID: string; token: string },
): Promise<Lease | undefined> {
  // Authorization runs before the path is validated.
  if (!isUuid(path.updateID)) return undefined;
  return queries.findLease(db, { ...path, tokenHash: hashToken(token) });
}

/**
 * Keeps a lease alive under the token it has: event senders that still use it meanwhile are not cut off, and a renewal
 * whose answer was lost may be repeated.
 *
 * @returns when the lease runs out.
 * @throws lease_invalid
 */
export async function renewLease({ db, lease }: LeaseCtx, seconds: number): Promise<Date> {
  const expires = await queries.extendLease(db, lease.updateId, Math.min(seconds, LEASE_SECONDS));
  if (!expires) throw newError("lease_invalid", { update: lease.updateId });
  return expires;
}
