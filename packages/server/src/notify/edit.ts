import { newError } from "@quillon/contract";
import { settingLabel } from "../settings.ts";
import { checkWishes, readFormat } from "./filters.ts";
import { decoded, isMasked, maskUrl } from "./mask-url.ts";

/** What a webhook is, but for its name and id. */
export interface WebhookValues {
  displayName: string;
  active: boolean;
  format: "raw" | "slack" | "ms_teams";
  filters: string[];
  groups: string[];
  url: string;
  secret: string | undefined;
}

/** What a client sends of a webhook. */
export interface SentWebhook {
  displayName?: string;
  payloadUrl?: string;
  secret?: string;
  active?: boolean;
  format?: string;
  filters?: string[];
  groups?: string[];
}

/** https://github.com/pulumi/pulumi/blob/v3.274.1/pkg/cmd/pulumi/stack/stack_webhook_edit.go */
const REMOVE_SECRET = "__remove-secret";

interface Facts {
  ofStack: boolean;
  /** Whether a URL has an address that may not be reached. */
  isBlocked(url: string): boolean;
}

/**
 * The values of a new webhook.
 *
 * @throws webhook_refused
 */
export function newValues(sent: SentWebhook, name: string, facts: Facts): WebhookValues {
  if (!sent.payloadUrl) throw newError("webhook_refused", { problem: "url_missing" });
  const empty = { displayName: name, active: true, format: "raw", filters: [], groups: [], secret: undefined } as const;
  return editedValues({ ...empty, filters: [], groups: [], url: "" }, sent, facts);
}

/**
 * The values of a webhook after an edit. What is left out stays. Pulumi's clients send a webhook whole, and leave out its lists
 * when they are empty; so in a webhook that is sent whole, a list that is missing is an empty one.
 *
 * @throws webhook_refused
 */
export function editedValues(before: WebhookValues, sent: SentWebhook, facts: Facts): WebhookValues {
  const whole = sent.displayName !== undefined && sent.payloadUrl !== undefined && sent.active !== undefined;
  const lists = whole ? { filters: [], groups: [] } : { filters: before.filters, groups: before.groups };
  const values = {
    displayName: sent.displayName || before.displayName,
    active: sent.active ?? before.active,
    format: sent.format ? readFormat(sent.format) : before.format,
    filters: distinct(sent.filters ?? lists.filters),
    groups: distinct(sent.groups ?? lists.groups),
    url: sent.payloadUrl ? readUrl(before.url, sent.payloadUrl, facts) : before.url,
    secret: sent.secret === REMOVE_SECRET ? undefined : sent.secret || before.secret,
  };
  checkWishes(values, facts.ofStack);
  return values;
}

/** A client that reads a webhook and sends it back sends the URL as it was shown. */
function readUrl(before: string, sent: string, { isBlocked }: Facts): string {
  if (before && isMasked(sent) && decoded(sent) === maskUrl(before)) return before;
  if (!URL.canParse(sent) || !/^https?:/i.test(sent)) throw newError("webhook_refused", { problem: "url" });
  if (isMasked(sent)) throw newError("webhook_refused", { problem: "url_masked" });
  if (isBlocked(sent)) throw newError("webhook_refused", { problem: "address", setting: settingLabel("webhookAllow") });
  return sent;
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)];
}
