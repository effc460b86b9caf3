import { DEFAULT_POLICY_GROUP } from "@quillon/contract";
import type { Db } from "../db/open.ts";
import { insertOrganization } from "../people/index.ts";
import { insertDefaultGroup } from "./queries.ts";

/** Makes an organization; none exists without its default policy group. */
export async function makeOrganization(trx: Db, name: string): Promise<string> {
  const id = await insertOrganization(trx, name);
  await insertDefaultGroup(trx, id, DEFAULT_POLICY_GROUP);
  return id;
}
