import { byWhom, type Kind, pageUrl, senderOf } from "./kind.ts";

interface GroupEvent {
  action: "created" | "updated" | "removed";
  group: string;
  /** A short description of each change. */
  changes: readonly string[];
}

const words = { created: "was made", updated: "was changed", removed: "was removed" };

export const policyGroupKind: Kind<GroupEvent> = {
  name: () => "policy_group",
  filters: () => ["policy_group_changed"],
  message: (about, { action, group, changes }) => ({
    payload: { ...senderOf(about), action, policyGroupName: group, changes },
    title: `Policy group ${group} of ${about.organization} ${words[action]}`,
    facts: byWhom(about),
    lines: changes.slice(0, 5),
    link: pageUrl(about, "insights", "policygroups", ...(action === "removed" ? [] : [group])),
  }),
};
