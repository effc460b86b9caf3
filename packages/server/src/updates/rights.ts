import { newError, type StackPermission } from "@quillon/contract";
import { type Recorder, recordAudit } from "../audit/index.ts";
import type { StackCtx, Tx } from "../context.ts";
import type { Db } from "../db/open.ts";
import { covers, findMembership, findTokenHolder, holdRights, holdToken } from "../people/index.ts";
import { findStack, lockStack, nameInOrg, qualifiedName, releaseLease } from "../stacks/index.ts";
import { listRunning, setCancelled } from "./lease-queries.ts";

/** A token, and the stack that an update was or will be started on with it. */
interface Start {
  tokenId: string;
  organization: string;
  project: string;
  stack: string;
}

/**
 * Asks again whether the caller may update the stack, now that nobody can take that away before the transaction ends.
 *
 * @throws unauthorized, stack_not_found when it was removed or the caller may not even read it, forbidden
 */
export async function holdRightToUpdate(tx: Tx<StackCtx>): Promise<void> {
  const { db, org, actor, stack } = tx;
  const { tokenId } = actor;
  await holdRights(db, org.id);
  if (!(await holdToken(db, tokenId))) throw newError("unauthorized", {});
  const start = { tokenId, organization: org.name, project: stack.project, stack: stack.name };
  const permission = await permissionOf(db, start);
  if (!permission) throw newError("stack_not_found", { stack: qualifiedName(tx) });
  if (!covers(permission, "write")) throw newError("forbidden", { problem: "stack:write" });
}

/**
 * Cancels the running updates that could not be started any more, because the token that they were started with was
 * revoked, or its rights were taken away. What they send from now on is refused. Call it after the change, in the same
 * transaction.
 *
 * @param of those of one organization, or those that were started with one token.
 */
export async function endUnentitled(
  tx: Tx<Omit<Recorder, "org">>,
  of: { organizationId: string } | { tokenId: string },
): Promise<void> {
  const { db } = tx;
  for (const { updateId, stackId, organizationId, ...start } of await listRunning(db, of)) {
    if (covers((await permissionOf(db, start)) ?? "none", "write")) continue;
    await lockStack(db, stackId);
    await setCancelled(db, updateId);
    await releaseLease(db, stackId, updateId);
    const stack = nameInOrg({ project: start.project, name: start.stack });
    await recordAudit(
      { ...tx, org: { id: organizationId } },
      {
        event: "Update Cancelled",
        description: `Stack ${stack}: update ${updateId}, because it has no right to run any more`,
      },
    );
  }
}

/** On a stack that is there and that the token may read. A token that has only expired since it was used does not matter. */
async function permissionOf(
  db: Db,
  { tokenId, organization, project, stack }: Start,
): Promise<StackPermission | undefined> {
  const actor = await findTokenHolder(db, tokenId);
  const org = actor && (await findMembership(db, actor, organization));
  const found = org && (await findStack({ db, org, actor }, { project, name: stack }));
  return found?.permission;
}
