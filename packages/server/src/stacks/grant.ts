import { newError, type StackPermission } from "@quillon/contract";
import type { OrgCtx } from "../context.ts";
import * as queries from "./grant-queries.ts";
import { deleteGrant, type Grant, upsertGrant } from "./grant-queries.ts";

/**
 * Sets what a team may do with a stack; `none` takes away what it had.
 *
 * @throws removed_meanwhile when another request has just removed the team or the stack.
 */
export async function setGrant(
  { db }: Pick<OrgCtx, "db">,
  { permission, ...of }: { teamId: string; stackId: string; permission: StackPermission },
): Promise<void> {
  if (permission === "none") return deleteGrant(db, of);
  if (!(await upsertGrant(db, { ...of, permission }))) throw newError("removed_meanwhile", {});
}

/** What the team was given, of the stacks that the caller may read. */
export function listGrants({ db, org, actor }: OrgCtx, teamId: string): Promise<Grant[]> {
  return queries.listGrants(db, { actor, organizationId: org.id, teamId });
}
