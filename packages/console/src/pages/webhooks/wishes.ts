import type { WebhookFilterName } from "@quillon/contract";

export const formats = [
  { value: "raw", label: "JSON" },
  { value: "slack", label: "Slack" },
  { value: "ms_teams", label: "Microsoft Teams" },
];

const groups = [
  { value: "policies", label: "Violations, receipts and packs that fail" },
  { value: "policy_changes", label: "Changes of packs and groups" },
  { value: "stacks", label: "Stacks and their updates" },
];

/** Their names alone: the contract's values may not be imported here. */
const filters = Object.keys({
  stack_created: 1,
  stack_deleted: 1,
  stack_renamed: 1,
  preview_succeeded: 1,
  preview_failed: 1,
  update_succeeded: 1,
  update_failed: 1,
  destroy_succeeded: 1,
  destroy_failed: 1,
  refresh_succeeded: 1,
  refresh_failed: 1,
  import_succeeded: 1,
  import_failed: 1,
  policy_violation_mandatory: 1,
  policy_violation_advisory: 1,
  receipt_incomplete: 1,
  receipt_streak: 1,
  pack_failed: 1,
  pack_recovered: 1,
  policy_exception_ending: 1,
  policy_exception_ended: 1,
  policy_pack_published: 1,
  policy_pack_removed: 1,
  policy_group_changed: 1,
} satisfies Record<WebhookFilterName, 1>);

const words = (filter: string) => filter.replaceAll("_", " ");

/** What a webhook can be told of: all of a group, or one event. */
export const wishes = [
  { group: "All of", items: groups },
  { group: "Only", items: filters.map((value) => ({ value, label: words(value) })) },
];

const isGroup = (wish: string) => groups.some(({ value }) => value === wish);

/** What a webhook is told of, as people say it. */
export function describeWishes({ groups: chosen, filters }: { groups: readonly string[]; filters: readonly string[] }) {
  const labels = groups.filter(({ value }) => chosen.includes(value)).map(({ label }) => label);
  return [...labels, ...filters.map(words)].join("; ").toLowerCase() || "everything";
}

export const describeFormat = (format: string) => formats.find(({ value }) => value === format)?.label ?? format;

/** What is chosen, as the API takes it. Both lists are sent, because one that is left out stays as it was. */
export const wishesOf = (chosen: readonly string[]) => ({
  groups: chosen.filter(isGroup),
  filters: chosen.filter((wish) => !isGroup(wish)),
});
