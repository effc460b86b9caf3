import type { StackPermission } from "@quillon/contract";
import { recordAudit } from "../audit/index.ts";
import type { OrgCtx, Tx } from "../context.ts";
import { writeJson } from "../json/write.ts";
import { type Organization, readOrganization, setDefaultPermission } from "./organization-queries.ts";

/** @param edit a field that is left out stays as it is. */
export async function editOrganization(
  tx: Tx<OrgCtx>,
  { defaultPermission: wanted }: { defaultPermission?: StackPermission | undefined },
): Promise<Organization> {
  const { db, org } = tx;
  const before = await readOrganization(db, org.id);
  if (!wanted || wanted === before.defaultPermission) return before;
  await setDefaultPermission(db, org.id, wanted);
  await recordAudit(tx, {
    event: "Organization Updated",
    description: `The permission of members on every stack, from ${before.defaultPermission} to ${wanted}`,
    before: writeJson({ defaultStackPermission: before.defaultPermission }),
    after: writeJson({ defaultStackPermission: wanted }),
  });
  return { ...before, defaultPermission: wanted };
}
