import { newError, type Role } from "@quillon/contract";
import { type OrgCtx, transaction } from "../context.ts";
import { findMember, insertMember, insertUser } from "./queries.ts";
import { insertToken } from "./token-queries.ts";
import { newToken } from "./tokens.ts";

/**
 * Makes a user in the organization and gives them an access token, which is not shown again. Somebody who already is
 * on this server gets none: it would let an admin here act as them in other organizations.
 *
 * @throws user_exists, login_taken
 */
export function addUser(ctx: OrgCtx, input: { login: string; name?: string | undefined; role?: Role | undefined }) {
  const { login, name = login, role = "member" } = input;
  return transaction(ctx, async ({ db, org }) => {
    const userId = await insertUser(db, { login, name });
    if (!userId) {
      const member = await findMember(db, org.id, login);
      throw newError(member ? "user_exists" : "login_taken", { login, organization: org.name });
    }
    await insertMember(db, { organization_id: org.id, user_id: userId, role });
    const token = newToken();
    await insertToken(db, userId, token, `made by ${ctx.actor.login} with the membership of ${org.name}`);
    return { login, role, token };
  });
}
