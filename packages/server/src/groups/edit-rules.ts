import { newError } from "@quillon/contract";
import type { EditCtx } from "./edit-ctx.ts";
import { readExpression } from "./expression.ts";
import { type GroupRow, readGroup, updateGroup } from "./queries.ts";
import { checkRule, type RuleText } from "./rule-text.ts";

/** Rules of a group. Null removes one. */
export interface RuleEdit {
  stackRule?: RuleText | null | undefined;
  /** JSON of an accountMatchRule, as it was sent. */
  accountRule?: string | null | undefined;
}

type RuledGroup = Pick<GroupRow, "name" | "mode" | "entityType" | "isDefault">;

/**
 * What a group may have. Removing a rule is always allowed.
 *
 * @throws group_default, group_entity_mismatch, selector_invalid, match_rule_invalid
 */
export function checkRules(group: RuledGroup, { stackRule, accountRule }: RuleEdit): void {
  const { name, isDefault } = group;
  if (isDefault && (stackRule || accountRule)) throw newError("group_default", { problem: "rule", group: name });
  if (stackRule) {
    if (group.entityType !== "stacks")
      throw newError("group_entity_mismatch", { problem: "ruled_stacks", group: name });
    checkRule(stackRule);
  }
  if (accountRule) {
    if (group.mode !== "audit") throw newError("group_entity_mismatch", { problem: "account_rule", group: name });
    readExpression("accountMatchRule", accountRule);
  }
}

/** @throws what `checkRules` throws, of the group as the rest of the edit has made it. */
export async function setRules({ tx, group: { id } }: EditCtx, { stackRule, accountRule }: RuleEdit): Promise<void> {
  const group = await readGroup(tx.db, id);
  checkRules(group, {
    ...(stackRule && { stackRule }),
    accountRule: accountRule === undefined ? group.accountRule : accountRule,
  });
  if (stackRule === undefined && accountRule === undefined) return;
  await updateGroup(tx.db, id, { stackRule, accountRule });
}
