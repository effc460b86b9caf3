import { newError, type StackPermission } from "@quillon/contract";
import type { OrgCtx, Tx } from "../context.ts";
import { deleteGrant, type Grant, selectGrants, upsertGrant } from "./grant-queries.ts";

/**
 * Sets what a team may do with a stack. `none` removes the permission that it has.
 *
 * @throws removed_meanwhile when another request has just removed the team or the stack.
 */
export async function setGrant(
  { db }: Tx,
  { permission, ...of }: { teamId: string; stackId: string; permission: StackPermission },
): Promise<void> {
  if (permission === "none") return deleteGrant(db, of);
  if (!(await upsertGrant(db, { ...of, permission }))) throw newError("removed_meanwhile", {});
}

/** The team's permissions on the stacks that the caller may read. */
export function listGrants({ db, org, actor }: OrgCtx, teamId: string): Promise<Grant[]> {
  return selectGrants(db, { actor, organizationId: org.id, teamId });
}
