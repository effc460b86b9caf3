import type { StackPermission } from "@quillon/contract";
import type { OrgCtx } from "../context.ts";
import { type Organization, readOrganization, setDefaultPermission } from "./queries.ts";

/** @param edit what is absent stays as it is. */
export async function editOrganization(
  { db, org }: OrgCtx,
  { defaultPermission }: { defaultPermission?: StackPermission | undefined },
): Promise<Organization> {
  if (defaultPermission) await setDefaultPermission(db, org.id, defaultPermission);
  return readOrganization(db, org.id);
}
