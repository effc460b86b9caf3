import type { EntityType, SelectorCondition } from "@quillon/contract";
import { parseRule, type SelectableStack } from "./rule.ts";
import { type RuleText, readRule } from "./rule-text.ts";

/** The part of a policy group that decides what it takes in. */
export interface GroupScope {
  isDefault: boolean;
  entityType: EntityType;
  stackRule: RuleText | null;
}

export interface Membership {
  by: "default" | "explicit" | "rule";
  conditions?: SelectorCondition[];
}

/**
 * Which stacks a group takes in. The default group takes in every stack that is not in its list. Any other group takes in
 * the stacks in its list and those for which its rule is true. A group of accounts takes in no stack.
 */
export function takesIn(
  { isDefault, entityType }: GroupScope,
  { listed, ruled }: { listed: boolean; ruled: boolean },
): boolean {
  if (entityType !== "stacks") return false;
  return isDefault ? !listed : listed || ruled;
}

/** Whether, and why, a group takes in a stack. `listed` says whether the stack is in the group's own list. */
export type MembershipRule = (stack: SelectableStack, listed: boolean) => Membership | undefined;

/**
 * What `takesIn` says, with the reasons.
 *
 * @throws selector_invalid, match_rule_invalid: a group whose rule can't be understood must not look as if it took in nothing.
 */
export function membershipOf(group: GroupScope): MembershipRule {
  if (group.entityType !== "stacks") return () => undefined;
  if (group.isDefault) return (_, listed) => (listed ? undefined : { by: "default" });
  const matcher = group.stackRule === null ? undefined : parseRule(readRule(group.stackRule));
  return (stack, listed) => {
    if (listed) return { by: "explicit" };
    const conditions = matcher?.reasons(stack);
    return conditions && { by: "rule", conditions };
  };
}
