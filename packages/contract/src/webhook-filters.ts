/** What a webhook can ask for. */
export interface WebhookFilter {
  /** The kind of the message, which is in the header `Pulumi-Webhook-Kind`. */
  readonly kind: string;
  /** Asks for all of the group's filters. */
  readonly group: "stacks" | "policies" | "policy_changes";
  /** When a message is sent, as one sentence without a full stop. */
  readonly when: string;
  /** Only the webhooks of an organization can ask for it. */
  readonly organizationOnly?: true;
}

const ends = (kind: string, what: string, how: string) =>
  ({ kind, group: "stacks", when: `${what} has ${how}` }) as const;

/**
 * Every filter. Those of the groups `stacks` and `policies` have Pulumi Cloud's names, but for `stack_renamed` and those of
 * receipts and failing packs:
 * https://www.pulumi.com/docs/deployments/concepts/webhooks/#event-filtering
 */
export const webhookFilters = {
  stack_created: { kind: "stack", group: "stacks", when: "A stack was made", organizationOnly: true },
  stack_deleted: { kind: "stack", group: "stacks", when: "A stack was removed", organizationOnly: true },
  stack_renamed: {
    kind: "stack",
    group: "stacks",
    when: "A stack was renamed or moved to another project",
    organizationOnly: true,
  },
  preview_succeeded: ends("stack_preview", "A preview", "succeeded"),
  preview_failed: ends("stack_preview", "A preview", "failed or was cancelled"),
  update_succeeded: ends("stack_update", "An update", "succeeded"),
  update_failed: ends("stack_update", "An update", "failed or was cancelled"),
  destroy_succeeded: ends("stack_update", "A destroy", "succeeded"),
  destroy_failed: ends("stack_update", "A destroy", "failed or was cancelled"),
  refresh_succeeded: ends("stack_update", "A refresh", "succeeded"),
  refresh_failed: ends("stack_update", "A refresh", "failed or was cancelled"),
  import_succeeded: ends("stack_update", "An import of a state", "succeeded"),
  import_failed: ends("stack_update", "An import of a state", "failed"),
  policy_violation_mandatory: {
    kind: "policy_violation",
    group: "policies",
    when: "An update, or the end of policy exceptions, has opened, reopened or fixed violations of mandatory policies",
  },
  policy_violation_advisory: {
    kind: "policy_violation",
    group: "policies",
    when: "An update, or the end of policy exceptions, has opened, reopened or fixed violations of other policies",
  },
  receipt_incomplete: {
    kind: "receipt",
    group: "policies",
    when: "An update, not a preview, has ended without a complete receipt",
  },
  receipt_streak: {
    kind: "receipt_streak",
    group: "policies",
    when: "Three updates of a stack in a row have ended without a complete receipt",
  },
  pack_failed: {
    kind: "policy_pack_health",
    group: "policies",
    when: "A version of a policy pack has begun to make updates or previews fail",
    organizationOnly: true,
  },
  pack_recovered: {
    kind: "policy_pack_health",
    group: "policies",
    when: "No stack fails because of that version any more",
    organizationOnly: true,
  },
  policy_exception_ending: {
    kind: "policy_exception",
    group: "policies",
    when: "A policy exception ends in a week, or in a day",
    organizationOnly: true,
  },
  policy_exception_ended: {
    kind: "policy_exception",
    group: "policies",
    when: "A policy exception has ended",
    organizationOnly: true,
  },
  policy_pack_published: {
    kind: "policy_pack",
    group: "policy_changes",
    when: "A version of a policy pack was published",
    organizationOnly: true,
  },
  policy_pack_removed: {
    kind: "policy_pack",
    group: "policy_changes",
    when: "A policy pack, or a version of one, was removed",
    organizationOnly: true,
  },
  policy_group_changed: {
    kind: "policy_group",
    group: "policy_changes",
    when: "A policy group was made, changed or removed; its packs and stacks are part of it",
    organizationOnly: true,
  },
} as const satisfies Record<string, WebhookFilter>;

export type WebhookFilterName = keyof typeof webhookFilters;

export const webhookFilterNames = Object.keys(webhookFilters) as WebhookFilterName[];

export const webhookGroups = [...new Set(Object.values<WebhookFilter>(webhookFilters).map(({ group }) => group))];

export const webhookFormats = ["raw", "slack", "ms_teams"] as const;
export type WebhookFormat = (typeof webhookFormats)[number];
