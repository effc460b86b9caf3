import { recordOnce } from "../audit/index.ts";
import type { Ctx } from "../context.ts";
import { listOrganizationIds } from "./organization-queries.ts";
import { findExpiredActor } from "./token-queries.ts";

/**
 * Records that somebody was refused because of their token. With an expired token, it is in the audit log of its organization, or
 * of each organization of its person. A token that this server does not have belongs to nobody, so only the access log has it.
 */
export async function recordFailedSignIn(ctx: Ctx, token: string): Promise<void> {
  const actor = await findExpiredActor(ctx.db, token);
  if (!actor) return;
  const organizations = actor.scope ? [actor.scope.organization.id] : await listOrganizationIds(ctx.db, actor.userId);
  const description = `The access token ${actor.tokenName || actor.tokenId} of ${actor.login} has expired`;
  for (const id of organizations)
    await recordOnce({ ...ctx, actor, org: { id } }, { event: "Sign-in Failed", description });
}
