import { type OrgCtx, type Tx, transaction, type UserCtx } from "../context.ts";
import { endSession, lockRights, revokeToken, type TokenOwner } from "../people/index.ts";
import { endUnentitled } from "../updates/index.ts";

/**
 * Makes a change in an organization that may take rights away, and in the same transaction cancels the running updates
 * that could not be started any more. Their stacks are free then.
 */
export function changeRights<C extends OrgCtx, T>(ctx: C, change: (tx: Tx<C>) => Promise<T>): Promise<T> {
  return transaction(ctx, async (tx) => {
    await lockRights(tx.db, tx.org.id);
    const result = await change(tx);
    await endUnentitled(tx, { organizationId: tx.org.id });
    return result;
  });
}

/**
 * Revokes a token and the sessions of the console that were made from it, so that they are refused from now on, and cancels the
 * updates that run with them.
 *
 * @throws token_not_found
 */
export function revokeTokenAndUpdates(ctx: UserCtx, token: { owner: TokenOwner; id: string }): Promise<void> {
  return transaction(ctx, async (tx) => {
    for (const tokenId of await revokeToken(tx, token)) await endUnentitled(tx, { tokenId });
  });
}

/** Ends the caller's session of the console, and the updates that run with it. @throws session_not_found */
export function signOut(ctx: UserCtx): Promise<void> {
  return transaction(ctx, async (tx) => {
    await endSession(tx);
    await endUnentitled(tx, { tokenId: ctx.actor.tokenId });
  });
}
