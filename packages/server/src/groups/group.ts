import { type EntityType, type GroupMode, newError } from "@quillon/contract";
import { recordAudit } from "../audit/index.ts";
import { type OrgCtx, transaction } from "../context.ts";
import { writeJson } from "../json/write.ts";
import { nextPolicyChange } from "../people/index.ts";
import { requireFreeWord, requireGroup } from "./edit.ts";
import { deleteGroup, insertGroup, readGroup } from "./queries.ts";
import { takeSnapshot } from "./snapshot.ts";

export interface GroupRequest {
  name: string;
  entityType: EntityType;
  mode?: GroupMode;
  agentPoolId?: string;
}

/**
 * Makes an empty policy group. Its default mode is preventative for stacks and audit for accounts, because accounts are
 * only audited.
 *
 * @throws group_exists, group_name_reserved
 */
export function createGroup(ctx: OrgCtx, request: GroupRequest): Promise<void> {
  const { name, entityType, agentPoolId } = request;
  requireFreeWord(name);
  return transaction(ctx, async (tx) => {
    await nextPolicyChange(tx.db, tx.org.id);
    const mode = request.mode ?? (entityType === "accounts" ? "audit" : "preventative");
    const id = await insertGroup(tx.db, { organizationId: tx.org.id, name, entityType, mode, agentPoolId });
    if (!id) throw newError("group_exists", { group: name, organization: tx.org.name });
    await recordAudit(tx, {
      event: "Policy Group Created",
      description: `Policy group ${name}, ${mode}, of ${entityType}`,
      after: writeJson({ entityType, ...(await takeSnapshot(tx.db, await readGroup(tx.db, id))) }),
    });
  });
}

/**
 * Removes a policy group. The packs that it had enabled stay published.
 *
 * @throws group_not_found, group_default
 */
export function removeGroup(ctx: OrgCtx, name: string): Promise<void> {
  return transaction(ctx, async (tx) => {
    await nextPolicyChange(tx.db, tx.org.id);
    const group = await requireGroup(tx, name);
    if (group.isDefault) throw newError("group_default", { problem: "removed", group: name });
    const before = writeJson({ entityType: group.entityType, ...(await takeSnapshot(tx.db, group)) });
    await deleteGroup(tx.db, group.id);
    await recordAudit(tx, { event: "Policy Group Removed", description: `Policy group ${name}`, before });
  });
}
