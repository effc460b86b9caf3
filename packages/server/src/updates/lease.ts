import { isUuid, newError } from "@quillon/contract";
import type { Ctx, Lease, LeaseCtx } from "../context.ts";
import { hashToken } from "../people/index.ts";
import { extendLease, selectLease } from "./lease-queries.ts";

/**
 * How long a lease lives, and how much a renewal gives at most. The CLI assumes the same:
 * https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/backend/httpstate/state.go#L149
 */
export const LEASE_SECONDS = 300;

/**
 * The update that an update-token belongs to. It may have ended: each verb decides what that means.
 *
 * @throws update_renamed when its stack has other names by now. A preview does not keep it from being renamed, and what it found has the URNs of
 * the earlier ones.
 */
export async function findLease(
  { db }: Pick<Ctx, "db">,
  update: { organization: string; project: string; stack: string; updateId: string; token: string },
): Promise<Lease | undefined> {
  // Authorization runs before the path is validated.
  if (!isUuid(update.updateId)) return undefined;
  const { token, ...wanted } = update;
  const found = await selectLease(db, { ...wanted, tokenHash: hashToken(token) });
  if (!found) return undefined;
  const { project, stack, ...lease } = found;
  if (project === update.project && stack === update.stack) return lease;
  throw newError("update_renamed", { stack: `${update.organization}/${update.project}/${update.stack}` });
}

/**
 * Extends a lease, which keeps its token. A new token would cut off requests that are on their way with the old one,
 * and a renewal whose answer was lost could not be repeated.
 *
 * @returns when the lease expires.
 * @throws lease_invalid
 */
export async function renewLease({ db, lease }: LeaseCtx, seconds: number): Promise<Date> {
  const expires = await extendLease(db, lease.updateId, Math.min(seconds, LEASE_SECONDS));
  if (!expires) throw newError("lease_invalid", { update: lease.updateId });
  return expires;
}
