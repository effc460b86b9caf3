import { DEFAULT_ACCOUNTS_GROUP, DEFAULT_POLICY_GROUP, newError } from "@quillon/contract";
import { transaction, type UserCtx } from "../context.ts";
import type { Db } from "../db/open.ts";
import { insertGroup } from "../groups/index.ts";
import { insertMember, insertOrganization, type Organization, readOrganization } from "../people/index.ts";

/**
 * Makes an organization with the caller as its admin.
 *
 * @throws organization_exists
 */
export function createOrganization(ctx: UserCtx, name: string): Promise<Organization> {
  return transaction(ctx, async ({ db, actor }) => {
    const id = await makeOrganization(db, { name, adminId: actor.userId });
    return readOrganization(db, id);
  });
}

/**
 * Makes an organization, its two default policy groups and its first admin.
 *
 * @returns its id.
 * @throws organization_exists
 */
export async function makeOrganization(db: Db, { name, adminId }: { name: string; adminId: string }): Promise<string> {
  const organizationId = await insertOrganization(db, name);
  if (!organizationId) throw newError("organization_exists", { organization: name });
  const group = { organizationId, isDefault: true };
  await insertGroup(db, { ...group, name: DEFAULT_POLICY_GROUP, entityType: "stacks", mode: "preventative" });
  await insertGroup(db, { ...group, name: DEFAULT_ACCOUNTS_GROUP, entityType: "accounts", mode: "audit" });
  await insertMember(db, { organizationId, userId: adminId, role: "admin" });
  return organizationId;
}
