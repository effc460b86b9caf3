import { newError, type StackPermission } from "@quillon/contract";
import { type Recorder, recordAll } from "../audit/index.ts";
import type { StackCtx, Tx } from "../context.ts";
import type { Db } from "../db/open.ts";
import { covers, findMembership, findTokenHolder, findTokenHolders, holdRights, holdToken } from "../people/index.ts";
import { findPermissions, findStack, lockStacks, nameInOrg, qualifiedName, releaseLeases } from "../stacks/index.ts";
import { listRunning, type RunningUpdate, setCancelled } from "./lease-queries.ts";

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
  const ended = await unentitledOf(db, await listRunning(db, of));
  if (ended.length === 0) return;
  await lockStacks(db, [...new Set(ended.map(({ stackId }) => stackId))]);
  await setCancelled(
    db,
    ended.map(({ updateId }) => updateId),
  );
  await releaseLeases(db, ended);
  for (const [id, ofOrganization] of grouped(ended, ({ organizationId }) => organizationId))
    await recordAll({ ...tx, org: { id } }, ofOrganization.map(eventOf));
}

function eventOf({ project, stack, updateId }: RunningUpdate) {
  return {
    event: "Update Cancelled",
    description: `Stack ${nameInOrg({ project, name: stack })}: update ${updateId}, because it has no right to run any more`,
  } as const;
}

/** Each caller's rights are asked for once, because one may have left thousands of updates running, and others wait. */
async function unentitledOf(db: Db, running: readonly RunningUpdate[]): Promise<RunningUpdate[]> {
  const holders = await findTokenHolders(db, [...new Set(running.map(({ tokenId }) => tokenId))]);
  const callerOf = ({ tokenId, organization }: RunningUpdate) => {
    const { userId, scope } = holders.get(tokenId) ?? {};
    return JSON.stringify([organization, userId, scope]);
  };
  const unentitled: RunningUpdate[] = [];
  for (const updates of grouped(running, callerOf).values()) {
    const [{ tokenId, organization } = { tokenId: "", organization: "" }] = updates;
    const actor = holders.get(tokenId);
    const org = actor && (await findMembership(db, actor, organization));
    const stackIds = new Set(updates.map(({ stackId }) => stackId));
    const permissions = org ? await findPermissions({ db, org, actor }, [...stackIds]) : undefined;
    for (const update of updates)
      if (!covers(permissions?.get(update.stackId) ?? "none", "write")) unentitled.push(update);
  }
  return unentitled;
}

function grouped<T>(all: readonly T[], keyOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const key = keyOf(one);
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return groups;
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
