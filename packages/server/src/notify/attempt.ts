import type { Ctx } from "../context.ts";
import type { Outcome } from "../outbound/sender.ts";
import { settingLabel } from "../settings.ts";
import type { Attempt } from "./delivery-queries.ts";
import { wellFormed } from "./formats/index.ts";
import { hideUrl, loginOf } from "./mask-url.ts";
import { openSecret, openUrl } from "./sealed.ts";
import { signatureOf } from "./signature.ts";

export interface Outgoing {
  /** Of the delivery. */
  id: string;
  kind: string;
  payload: string;
  webhookId: string;
  /** Both encrypted. */
  url: Buffer;
  secret: Buffer | null;
}

/** In characters: what is stored of an answer. */
const HEADERS = 8 * 1024;
const BODY = 16 * 1024;

/** Sends a message once. It never throws. */
export async function attempt({ keys, sender }: Pick<Ctx, "keys" | "sender">, out: Outgoing): Promise<Attempt> {
  const sealed = { id: out.webhookId, url: out.url, secret: out.secret };
  const url = openUrl(keys, sealed);
  const secret = openSecret(keys, sealed);
  const login = loginOf(url);
  const headers = {
    "content-type": "application/json",
    "user-agent": "Quillon-Webhook",
    "pulumi-webhook-id": out.id,
    "pulumi-webhook-kind": out.kind,
    ...(secret !== undefined && { "pulumi-webhook-signature": signatureOf(out.payload, secret) }),
  };
  const outcome = await sender.post({
    url: withoutUser(url),
    headers: { ...headers, ...(login !== undefined && { authorization: `Basic ${login}` }) },
    body: out.payload,
  });
  const requestHeaders = Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join("\n");
  return { ...resultOf(outcome, url), duration: outcome.duration, requestHeaders };
}

function resultOf(outcome: Outcome, url: string) {
  if ("problem" in outcome) {
    return { state: "failed" as const, responseCode: null, responseHeaders: "", responseBody: sentenceOf(outcome) };
  }
  const { code, headers, body } = outcome.answer;
  return {
    state: code >= 200 && code < 300 ? ("delivered" as const) : ("failed" as const),
    responseCode: code,
    responseHeaders: stored(headers, url, HEADERS),
    responseBody: stored(body, url, BODY),
  };
}

/** An answer may repeat the URL that it was asked with. */
function stored(text: string, url: string, longest: number): string {
  return wellFormed(hideUrl(text, url).slice(0, longest));
}

function sentenceOf({ problem, code }: Extract<Outcome, { problem: unknown }>): string {
  if (problem === "slow") return "The destination did not answer in time.";
  if (problem === "failed") return `The destination could not be reached: ${code}.`;
  return `The destination's address is not public, and the setting ${settingLabel("webhookAllow")} does not allow it.`;
}

function withoutUser(url: string): string {
  const parsed = new URL(url);
  parsed.username = "";
  parsed.password = "";
  return parsed.href;
}
