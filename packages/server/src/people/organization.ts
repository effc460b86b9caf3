import type { StackPermission } from "@quillon/contract";
import type { OrgCtx, Tx } from "../context.ts";
import { type Organization, readOrganization, setDefaultPermission } from "./organization-queries.ts";

/** @param edit a field that is left out stays as it is. */
export async function editOrganization(
  { db, org }: Tx<OrgCtx>,
  edit: { defaultPermission?: StackPermission | undefined },
): Promise<Organization> {
  if (edit.defaultPermission) await setDefaultPermission(db, org.id, edit.defaultPermission);
  return readOrganization(db, org.id);
}
