import { type ErrorTable, oneOf } from "./table.ts";

const CHANGED = "Nothing was changed";

/** Errors about webhooks. None of them holds a payload URL, because it is a credential. */
export const webhookErrors = {
  webhook_not_found: {
    status: 404,
    message: (p: { webhook: string; owner: string }) => `${p.owner} has no webhook ${p.webhook}.`,
  },
  webhook_exists: {
    status: 409,
    message: (p: { webhook: string; owner: string }) =>
      `${p.owner} already has a webhook ${p.webhook}. Choose another name, or leave it out to get a new one.`,
  },
  webhook_delivery_not_found: {
    status: 404,
    message: (p: { webhook: string; delivery: string }) =>
      `Webhook ${p.webhook} has no delivery ${p.delivery}. Old deliveries are removed.`,
  },
  webhook_refused: {
    status: 400,
    message: oneOf({
      filter: (p: { filter: string; known: string }) =>
        `${CHANGED}: webhooks have no filter ${JSON.stringify(p.filter)} on this server. Known are ${p.known}.`,
      filter_of_organization: (p: { filter: string }) =>
        `${CHANGED}: the filter ${p.filter} is only for webhooks of an organization, and this is one of a stack.`,
      group: (p: { group: string; known: string }) =>
        `${CHANGED}: webhooks have no group ${JSON.stringify(p.group)} on this server. Known are ${p.known}.`,
      group_of_organization: (p: { group: string }) =>
        `${CHANGED}: the filters of the group ${p.group} are only for webhooks of an organization, and this is one of a stack.`,
      format: (p: { format: string; known: string }) =>
        `${CHANGED}: webhooks have no format ${JSON.stringify(p.format)} on this server. Known are ${p.known}.`,
      url_missing: (_: object) => `${CHANGED}: the webhook needs a URL, to which its messages are sent.`,
      url: (_: object) => `${CHANGED}: the URL does not begin with https:// or http://, or is none.`,
      url_masked: (_: object) =>
        `${CHANGED}: the URL is shortened, as this server shows it, and not the one that is stored. Send it whole.`,
      address: (p: { setting: string }) =>
        `${CHANGED}: the URL has an address that is not public. The server's setting ${p.setting} names the networks that are allowed besides.`,
      other_owner: (p: { field: string; found: string }) =>
        `${CHANGED}: the request's ${p.field} is ${JSON.stringify(p.found)}, which is not the one in its path. Leave it out.`,
      other_name: (p: { webhook: string }) =>
        `${CHANGED}: a webhook keeps its name ${p.webhook}. Leave name out, or change displayName.`,
      too_many: (p: { limit: number; owner: string }) =>
        `${CHANGED}: ${p.owner} already has ${p.limit} webhooks, and can't have more.`,
    }),
  },
} as const satisfies ErrorTable;
