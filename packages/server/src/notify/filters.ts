import {
  newError,
  type WebhookFilter,
  type WebhookFilterName,
  type WebhookFormat,
  webhookFilterNames,
  webhookFilters,
  webhookFormats,
  webhookGroups,
} from "@quillon/contract";

/** What a webhook asks for. */
export interface Wishes {
  filters: readonly string[];
  groups: readonly string[];
}

/** Which of an event's filters a webhook asks for. One that names nothing asks for everything. */
export function wanted<F extends WebhookFilterName>({ filters, groups }: Wishes, of: readonly F[]): F[] {
  if (filters.length === 0 && groups.length === 0) return [...of];
  return of.filter((filter) => filters.includes(filter) || groups.includes(webhookFilters[filter].group));
}

/** @throws webhook_refused when there is no such filter or group, or the webhook of a stack would never be told of it. */
export function checkWishes({ filters, groups }: Wishes, ofStack: boolean): void {
  const possible = webhookFilterNames.filter((name) => !ofStack || !onlyOfOrganization(name));
  for (const filter of filters) {
    if (!Object.hasOwn(webhookFilters, filter))
      throw newError("webhook_refused", { problem: "filter", filter, known: possible.join(", ") });
    if (!(possible as string[]).includes(filter))
      throw newError("webhook_refused", { problem: "filter_of_organization", filter });
  }
  const possibleGroups = webhookGroups.filter((group) => possible.some((name) => webhookFilters[name].group === group));
  for (const group of groups) {
    if (!(webhookGroups as string[]).includes(group))
      throw newError("webhook_refused", { problem: "group", group, known: possibleGroups.join(", ") });
    if (!(possibleGroups as string[]).includes(group))
      throw newError("webhook_refused", { problem: "group_of_organization", group });
  }
}

function onlyOfOrganization(name: WebhookFilterName): boolean {
  return (webhookFilters[name] as WebhookFilter).organizationOnly === true;
}

/** @throws webhook_refused */
export function readFormat(format: string): WebhookFormat {
  const known = webhookFormats.find((one) => one === format);
  if (!known) throw newError("webhook_refused", { problem: "format", format, known: webhookFormats.join(", ") });
  return known;
}
