import type { Keys } from "../keys.ts";
import type { WebhookRow } from "./webhook-queries.ts";

/** A webhook's URL and secret are encrypted for it alone, so that one can't be put in another's place. */
const contextOf = (id: string, field: "url" | "secret") => `webhook ${field} ${id}`;

export function sealField(keys: Keys, id: string, field: "url" | "secret", plain: string): Buffer {
  return keys.seal(Buffer.from(plain), contextOf(id, field));
}

export function openUrl(keys: Keys, { id, url }: Pick<WebhookRow, "id" | "url">): string {
  return keys.open(url, contextOf(id, "url")).toString();
}

export function openSecret(keys: Keys, { id, secret }: Pick<WebhookRow, "id" | "secret">): string | undefined {
  return secret ? keys.open(secret, contextOf(id, "secret")).toString() : undefined;
}
