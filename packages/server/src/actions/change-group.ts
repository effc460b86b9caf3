import { type OrgCtx, transaction } from "../context.ts";
import { reconcilePacks } from "../enforcement/index.ts";
import {
  createGroup as create,
  editGroup as edit,
  type GroupEdit,
  type GroupRequest,
  removeGroup as remove,
  type SeenChanges,
  type TellOfGroup,
} from "../groups/index.ts";
import { announce, policyGroupKind } from "../notify/index.ts";

// Changes of groups. In their transaction webhooks are told, and findings of what stacks need not run any more are withdrawn.

export const tellOfGroup: TellOfGroup = (tx, change) => announce(tx, policyGroupKind, change);

/** Makes a policy group without single members and packs. @throws what groups/group.ts throws */
export function createGroup(ctx: OrgCtx, request: GroupRequest): Promise<void> {
  return create(ctx, request, tellOfGroup);
}

/**
 * Applies all of the edits to a policy group, or none of them.
 *
 * @returns a warning for the caller when nothing changed although nothing failed.
 * @throws what groups/edit.ts throws
 */
export function editGroup(
  ctx: OrgCtx,
  name: string,
  edits: readonly GroupEdit[],
  seen?: SeenChanges,
): Promise<string | undefined> {
  return transaction(ctx, async (tx) => {
    const { packs, warning } = await edit(tx, { name, edits, seen }, tellOfGroup);
    await reconcilePacks(tx, packs);
    return warning;
  });
}

/** Removes a policy group. @throws what groups/group.ts throws */
export function removeGroup(ctx: OrgCtx, name: string): Promise<void> {
  return transaction(ctx, async (tx) => reconcilePacks(tx, await remove(tx, name, tellOfGroup)));
}
