import { type OrgCtx, transaction } from "../context.ts";
import { reconcilePacks } from "../enforcement/index.ts";
import {
  editGroup as editAlone,
  type GroupEdit,
  removeGroup as removeAlone,
  type SeenChanges,
} from "../groups/index.ts";

/**
 * Edits a policy group, and withdraws the findings of what stacks need not run any more because of it.
 *
 * @returns a warning for the caller when nothing changed although nothing failed.
 * @throws what `editGroup` of the groups throws.
 */
export function editGroup(
  ctx: OrgCtx,
  name: string,
  edits: readonly GroupEdit[],
  seen?: SeenChanges,
): Promise<string | undefined> {
  return transaction(ctx, async (tx) => {
    const { packs, warning } = await editAlone(tx, name, edits, seen);
    await reconcilePacks(tx, packs);
    return warning;
  });
}

/**
 * Removes a policy group, and withdraws the findings of what stacks need not run any more because of it.
 *
 * @throws group_not_found, group_default
 */
export function removeGroup(ctx: OrgCtx, name: string): Promise<void> {
  return transaction(ctx, async (tx) => reconcilePacks(tx, await removeAlone(tx, name)));
}
