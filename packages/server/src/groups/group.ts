import { fail } from "@quillon/contract";
import { recordAudit } from "../audit/index.ts";
import { type OrgCtx, transaction } from "../context.ts";
import { writeJson } from "../json/write.ts";
import { requireFreeWord, requireGroup } from "./edit.ts";
import { deleteGroup, insertGroup, nextChange, readGroup } from "./queries.ts";
import { takeSnapshot } from "./snapshot.ts";

export interface GroupRequest {
  name: string;
  entityType: "stacks" | "accounts";
  mode?: "preventative" | "audit";
  agentPoolId?: string;
}

/** Makes an empty policy group. Accounts are only audited, so a group of them is an audit group unless it says otherwise. */
export function createGroup(ctx: OrgCtx, request: GroupRequest): Promise<void> {
  const { name, entityType, agentPoolId } = request;
  requireFreeWord(name);
  return transaction(ctx, async (trx) => {
    await nextChange(trx.db, trx.org.id);
    const mode = request.mode ?? (entityType === "accounts" ? "audit" : "preventative");
    const id = await insertGroup(trx.db, { organizationId: trx.org.id, name, entityType, mode, agentPoolId });
    if (!id) throw fail("group_exists", { group: name, organization: trx.org.name });
    await recordAudit(trx, {
      event: "Policy Group Created",
      description: `Policy group ${name}, ${mode}, of ${entityType}`,
      after: writeJson({ entityType, ...(await takeSnapshot(trx.db, await readGroup(trx.db, id))) }),
    });
  });
}

/** Removes a policy group; what it enabled stays published. */
export function removeGroup(ctx: OrgCtx, name: string): Promise<void> {
  return transaction(ctx, async (trx) => {
    await nextChange(trx.db, trx.org.id);
    const group = await requireGroup(trx, name);
    if (group.is_default) throw fail("group_default", { group: name, what: "be removed" });
    const before = writeJson({ entityType: group.entity_type, ...(await takeSnapshot(trx.db, group)) });
    await deleteGroup(trx.db, group.id);
    await recordAudit(trx, { event: "Policy Group Removed", description: `Policy group ${name}`, before });
  });
}
