import { DEFAULT_ACCOUNTS_GROUP, DEFAULT_POLICY_GROUP } from "@quillon/contract";
import type { Db } from "../db/open.ts";
import { insertOrganization } from "../people/index.ts";
import { insertGroup } from "./queries.ts";

/** Makes an organization; none exists without its two default policy groups. */
export async function makeOrganization(trx: Db, name: string): Promise<string> {
  const organizationId = await insertOrganization(trx, name);
  const group = { organizationId, isDefault: true };
  await insertGroup(trx, { ...group, name: DEFAULT_POLICY_GROUP, entityType: "stacks", mode: "preventative" });
  await insertGroup(trx, { ...group, name: DEFAULT_ACCOUNTS_GROUP, entityType: "accounts", mode: "audit" });
  return organizationId;
}
