import { type EntityType, type GroupMode, newError } from "@quillon/contract";
import { recordAudit } from "../audit/index.ts";
import { type OrgCtx, transaction } from "../context.ts";
import { writeJson } from "../json/write.ts";
import { nextPolicyChange } from "../people/index.ts";
import { refuseAccounts, requireFreeWord, requireGroup } from "./edit.ts";
import type { TellOfGroup } from "./edit-ctx.ts";
import { checkRules } from "./edit-rules.ts";
import { listEnabledNames } from "./pack-queries.ts";
import { deleteGroup, insertGroup, readGroup } from "./queries.ts";
import type { RuleText } from "./rule-text.ts";
import { takeSnapshot } from "./snapshot.ts";

export interface GroupRequest {
  name: string;
  entityType?: EntityType | undefined;
  mode?: GroupMode | undefined;
  agentPoolId?: string | null | undefined;
  stackRule?: RuleText | undefined;
  /** JSON of an accountMatchRule, as it was sent. */
  accountRule?: string | undefined;
}

/**
 * Makes a policy group without single members and packs. Newer clients say only the mode, older ones only what it is for: stacks are preventative unless
 * they say otherwise, and accounts are only audited. An audit group takes accounts too, whatever it is for.
 *
 * @throws group_exists, group_name_reserved, group_entity_mismatch, match_rule_invalid; invalid_input when it has neither.
 */
export function createGroup(ctx: OrgCtx, request: GroupRequest, tell: TellOfGroup): Promise<void> {
  const { name, agentPoolId, stackRule, accountRule } = request;
  if (!request.entityType && !request.mode) throw newError("invalid_input", { problem: "group_kind_missing" });
  const entityType = request.entityType ?? "stacks";
  const mode = request.mode ?? (entityType === "accounts" ? "audit" : "preventative");
  requireFreeWord(name);
  if (mode === "preventative") refuseAccounts({ name, entityType, accounts: [] });
  checkRules({ name, entityType, mode, isDefault: false }, request);
  return transaction(ctx, async (tx) => {
    await nextPolicyChange(tx.db, tx.org.id);
    const id = await insertGroup(tx.db, {
      organizationId: tx.org.id,
      name,
      entityType,
      mode,
      agentPoolId,
      stackRule,
      accountRule,
    });
    if (!id) throw newError("group_exists", { group: name, organization: tx.org.name });
    await recordAudit(tx, {
      event: "Policy Group Created",
      description: `Policy group ${name}, ${mode}, of ${entityType}`,
      after: writeJson({ entityType, ...(await takeSnapshot(tx.db, await readGroup(tx.db, id))) }),
    });
    await tell(tx, { action: "created", group: name, changes: [`${mode}, of ${entityType}`] });
  });
}

/**
 * Removes a policy group. The packs that it had enabled stay published.
 *
 * @returns the packs that it had enabled.
 * @throws group_not_found, group_default
 */
export function removeGroup(ctx: OrgCtx, name: string, tell: TellOfGroup): Promise<string[]> {
  return transaction(ctx, async (tx) => {
    await nextPolicyChange(tx.db, tx.org.id);
    const group = await requireGroup(tx, name);
    if (group.isDefault) throw newError("group_default", { problem: "removed", group: name });
    const before = writeJson({ entityType: group.entityType, ...(await takeSnapshot(tx.db, group)) });
    const packs = await listEnabledNames(tx.db, group.id);
    await deleteGroup(tx.db, group.id);
    await recordAudit(tx, { event: "Policy Group Removed", description: `Policy group ${name}`, before });
    await tell(tx, { action: "removed", group: name, changes: [] });
    return packs;
  });
}
