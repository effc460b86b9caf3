import type { OrgCtx } from "../context.ts";
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

/** Tells webhooks of a change, in its transaction. */
export const tellOfGroup: TellOfGroup = (tx, change) => announce(tx, policyGroupKind, change);

/** Makes an empty policy group, and tells webhooks. @throws what groups/group.ts throws */
export function createGroup(ctx: OrgCtx, request: GroupRequest): Promise<void> {
  return create(ctx, request, tellOfGroup);
}

/** Applies all of the edits to a policy group, or none of them, and tells webhooks. @throws what groups/edit.ts throws */
export function editGroup(
  ctx: OrgCtx,
  name: string,
  edits: readonly GroupEdit[],
  seen?: SeenChanges,
): Promise<string | undefined> {
  return edit(ctx, { name, edits, seen }, tellOfGroup);
}

/** Removes a policy group, and tells webhooks. @throws what groups/group.ts throws */
export function removeGroup(ctx: OrgCtx, name: string): Promise<void> {
  return remove(ctx, name, tellOfGroup);
}
