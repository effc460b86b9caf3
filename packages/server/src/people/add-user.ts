import { newError, type Role } from "@quillon/contract";
import { recordAudit } from "../audit/index.ts";
import { type OrgCtx, transaction } from "../context.ts";
import { requireOwnLifetime } from "./access-tokens.ts";
import { findMember, insertMember } from "./member-queries.ts";
import { memberAdded } from "./members.ts";
import { tokenCreated } from "./token-events.ts";
import { insertToken } from "./token-queries.ts";
import { newToken } from "./tokens.ts";
import { insertUser } from "./user-queries.ts";

/**
 * Makes a user in the organization, with an access token that can't be shown again. Somebody who is on this server
 * already gets no token, because an admin here could then act as them in other organizations.
 *
 * @throws user_exists, login_taken; invalid_input when the caller's token expires, because the new one would not
 */
export function addUser(
  ctx: OrgCtx,
  input: { login: string; name?: string | undefined; role?: Role | undefined },
): Promise<{ login: string; role: Role; token: string }> {
  const { login, name = login, role = "member" } = input;
  requireOwnLifetime(ctx.actor);
  return transaction(ctx, async (tx) => {
    const { db, org, actor } = tx;
    const userId = await insertUser(db, { login, name, madeIn: org.id });
    if (!userId) {
      const member = await findMember(db, org.id, login);
      throw newError(member ? "user_exists" : "login_taken", { login, organization: org.name });
    }
    await insertMember(db, { organizationId: org.id, userId, role });
    const token = newToken();
    const description = `made by ${actor.login} with the membership of ${org.name}`;
    const tokenId = await insertToken(db, { userId, token, description });
    await recordAudit(tx, { event: "User Created", description: `User ${login}` });
    await recordAudit(tx, memberAdded(login, role));
    await recordAudit(tx, tokenCreated({ id: tokenId, of: login, description }));
    return { login, role, token };
  });
}
