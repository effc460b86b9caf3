import type { OrgCtx } from "../context.ts";
import type { StackPermission } from "../db/schema.ts";
import { readOrganization, setDefaultPermission } from "./queries.ts";

/** An organization as the API shows it. */
export async function describeOrganization(db: OrgCtx["db"], id: string) {
  const { name, created, defaultPermission } = await readOrganization(db, id);
  return { name, created: created.toISOString(), defaultStackPermission: defaultPermission };
}

export async function editOrganization({ db, org }: OrgCtx, change: { defaultStackPermission?: StackPermission }) {
  if (change.defaultStackPermission) await setDefaultPermission(db, org.id, change.defaultStackPermission);
  return describeOrganization(db, org.id);
}
