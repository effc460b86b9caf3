import type { EntityType, Selector, SelectorCondition } from "@quillon/contract";
import { parseSelector, type SelectableStack } from "./selector.ts";

/** The part of a policy group that decides what it takes in. */
export interface GroupScope {
  isDefault: boolean;
  entityType: EntityType;
  selector: Selector | null;
}

export interface Membership {
  by: "default" | "explicit" | "selector";
  conditions?: SelectorCondition[];
}

/**
 * Which stacks a group takes in. The default group takes in every stack that is not in its list. Any other group takes in
 * the stacks in its list and those that its selector matches. A group of accounts takes in no stack.
 */
export function takesIn(
  { isDefault, entityType }: GroupScope,
  { listed, selected }: { listed: boolean; selected: boolean },
): boolean {
  if (entityType !== "stacks") return false;
  return isDefault ? !listed : listed || selected;
}

/** Whether, and why, a group takes in a stack. `listed` says whether the stack is in the group's own list. */
export type MembershipRule = (stack: SelectableStack, listed: boolean) => Membership | undefined;

/**
 * The rule of `takesIn`, with the reasons.
 *
 * @throws selector_invalid: a group whose selector can't be understood must not look as if it took in nothing.
 */
export function membershipOf(group: GroupScope): MembershipRule {
  if (group.entityType !== "stacks") return () => undefined;
  if (group.isDefault) return (_, listed) => (listed ? undefined : { by: "default" });
  const matcher = group.selector && parseSelector(group.selector);
  return (stack, listed) => {
    if (listed) return { by: "explicit" };
    const conditions = matcher?.reasons(stack);
    return conditions && { by: "selector", conditions };
  };
}
