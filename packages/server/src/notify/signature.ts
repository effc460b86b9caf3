import { createHmac } from "node:crypto";

/** What a receiver compares: the HMAC-SHA256 of a message's bytes with the webhook's secret, in hexadecimal. */
export function signatureOf(payload: string, secret: string): string {
  return createHmac("sha256", secret).update(payload).digest("hex");
}
