import { DEFAULT_ACCOUNTS_GROUP, DEFAULT_POLICY_GROUP, newError } from "@quillon/contract";
import { type Recorder, recordAudit } from "../audit/index.ts";
import { type Tx, transaction, type UserCtx } from "../context.ts";
import { insertGroup } from "../groups/index.ts";
import { insertMember, insertOrganization, type Organization, readOrganization } from "../people/index.ts";

/**
 * Makes an organization with the caller as its admin.
 *
 * @throws organization_exists
 */
export function createOrganization(ctx: UserCtx, name: string): Promise<Organization> {
  return transaction(ctx, async (tx) => {
    const { db, actor } = tx;
    const id = await makeOrganization(tx, { name, admin: actor });
    return readOrganization(db, id);
  });
}

/**
 * Makes an organization, its two default policy groups and its first admin.
 *
 * @returns its id.
 * @throws organization_exists
 */
export async function makeOrganization(
  tx: Tx<Omit<Recorder, "org">>,
  { name, admin }: { name: string; admin: { userId: string; login: string } },
): Promise<string> {
  const { db } = tx;
  const organizationId = await insertOrganization(db, name);
  if (!organizationId) throw newError("organization_exists", { organization: name });
  const group = { organizationId, isDefault: true };
  await insertGroup(db, { ...group, name: DEFAULT_POLICY_GROUP, entityType: "stacks", mode: "preventative" });
  await insertGroup(db, { ...group, name: DEFAULT_ACCOUNTS_GROUP, entityType: "accounts", mode: "audit" });
  await insertMember(db, { organizationId, userId: admin.userId, role: "admin" });
  await recordAudit(
    { ...tx, org: { id: organizationId } },
    { event: "Organization Created", description: `Organization ${name}, with ${admin.login} as its admin` },
  );
  return organizationId;
}
