import { OPERATOR } from "../audit/index.ts";
import { transaction } from "../context.ts";
import type { Db } from "../db/open.ts";
import { hasUsers, insertToken, insertUser, newToken } from "../people/index.ts";
import { makeOrganization } from "./create-organization.ts";

export interface Bootstrapped {
  user: string;
  organization: string;
  token: string;
}

/**
 * Makes the first user, who administers the whole server, an organization and an access token on an empty database. On
 * any other database it changes nothing.
 *
 * @returns what was made; its token is not stored and can't be shown again.
 */
export function bootstrap(
  db: Db,
  wanted: { user: string; organization: string; token?: string | undefined },
): Promise<Bootstrapped | undefined> {
  return transaction({ db, ...OPERATOR }, async (tx) => {
    if (await hasUsers(tx.db)) return undefined;
    const token = wanted.token ?? newToken();
    const userId = await insertUser(tx.db, { login: wanted.user, name: wanted.user, siteAdmin: true });
    // Another replica, starting at the same moment, was faster.
    if (!userId) return undefined;
    await makeOrganization(tx, { name: wanted.organization, admin: { userId, login: wanted.user } });
    await insertToken(tx.db, { userId, token, description: "the first token, made at the first start" });
    return { user: wanted.user, organization: wanted.organization, token };
  });
}
