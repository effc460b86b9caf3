import { byWhom, type Kind, pageUrl, senderOf, stackUrl } from "./kind.ts";

/** What somebody sends to see whether a webhook works. No filter names it. */
export const pingKind: Kind<{ webhook: string }> = {
  name: () => "ping",
  filters: () => [],
  message: (about, { webhook }) => ({
    payload: { ...senderOf(about), webhookName: webhook, message: "This is a test message of Quillon." },
    title: `This is a test message of the webhook ${webhook}`,
    facts: byWhom(about),
    lines: [],
    link: about.stack ? stackUrl(about) : pageUrl(about),
  }),
};
