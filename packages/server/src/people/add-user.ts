import { fail } from "@quillon/contract";
import { type OrgCtx, transaction } from "../context.ts";
import type { Role } from "../db/schema.ts";
import { ensureUser, insertMember, insertToken } from "./queries.ts";
import { newToken } from "./tokens.ts";

/** Puts a user, made if need be, into the organization and gives them an access token, which is not shown again. */
export function addUser(ctx: OrgCtx, input: { login: string; name?: string | undefined; role?: Role | undefined }) {
  const { login, name = login, role = "member" } = input;
  return transaction(ctx, async ({ db, org }) => {
    const userId = await ensureUser(db, login, name);
    const added = await insertMember(db, { organization_id: org.id, user_id: userId, role });
    if (!added) throw fail("user_exists", { login, organization: org.name });
    const token = newToken();
    await insertToken(db, userId, token, `made by ${ctx.actor.login} with the membership of ${org.name}`);
    return { login, role, token };
  });
}
