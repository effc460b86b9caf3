import type { Db } from "./db/open.ts";
import { makeOrganization } from "./groups/index.ts";
import { hasUsers, insertMember, insertToken, insertUser, newToken } from "./people/index.ts";

export interface Bootstrapped {
  user: string;
  organization: string;
  token: string;
}

/**
 * Makes the first user, who administers the whole server, an organization and a token on an empty database, and does
 * nothing on any other.
 *
 * @returns what was made, its token to be shown this once.
 */
export function bootstrap(
  db: Db,
  wanted: { user: string; organization: string; token?: string },
): Promise<Bootstrapped | undefined> {
  return db.transaction().execute(async (trx) => {
    if (await hasUsers(trx)) return undefined;
    const token = wanted.token ?? newToken();
    const userId = await insertUser(trx, { login: wanted.user, name: wanted.user, site_admin: true });
    // Another replica, starting at the same moment, was faster.
    if (!userId) return undefined;
    const organizationId = await makeOrganization(trx, wanted.organization);
    await insertMember(trx, { organization_id: organizationId, user_id: userId, role: "admin" });
    await insertToken(trx, userId, token, "the first token, made at the first start");
    return { user: wanted.user, organization: wanted.organization, token };
  });
}
