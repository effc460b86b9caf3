import { randomUUID } from "node:crypto";
import { newError } from "@quillon/contract";
import { type Ctx, transaction } from "../context.ts";
import type { Outcome } from "../jobs/index.ts";
import { attempt } from "./attempt.ts";
import {
  type DeliveryRow,
  deleteOldDeliveries,
  failPending,
  findDelivery,
  findPending,
  insertDelivery,
  listDeliveries,
  recordAttempt,
} from "./delivery-queries.ts";
import { write } from "./formats/index.ts";
import { InFlight } from "./in-flight.ts";
import { deliverJob } from "./job.ts";
import { pingKind } from "./kinds/index.ts";
import { maskUrl } from "./mask-url.ts";
import type { OwnerCtx } from "./owner.ts";
import { openUrl } from "./sealed.ts";
import type { WebhookRow } from "./webhook-queries.ts";
import { recordSent, requireWebhook } from "./webhooks.ts";

/** Of one webhook at once, in this server. */
const inFlight = new InFlight(4);
/** Of the webhooks of one organization, because its members can make many: half of what is sent at once. */
const ofOrganization = new InFlight(deliverJob.concurrency / 2);

/** A message that finds as many on their way as there may be waits so many seconds, or up to twice as many. */
const WAIT = 5;

/** In days: how long a message is kept after it was delivered or given up. */
const KEPT = 30;

/** A message with the place to which it went, without its credentials. */
export interface Delivery extends DeliveryRow {
  maskedUrl: string;
}

type Delivering = Pick<Ctx, "db" | "keys" | "sender" | "metrics">;

/** Delivers a message that waits, if its webhook is still there and active. */
export async function deliver(
  ctx: Delivering,
  { delivery, webhook }: { delivery: string; webhook: string },
  last: boolean,
): Promise<Outcome> {
  const outcome = await inFlight.run(webhook, async () => {
    const pending = await findPending(ctx.db, delivery);
    if (!pending) return "done";
    return ofOrganization.run(pending.organizationId, () => deliverPending(ctx, pending, last));
  });
  return outcome ?? { later: WAIT + Math.ceil(WAIT * Math.random()) };
}

type Pending = NonNullable<Awaited<ReturnType<typeof findPending>>>;

async function deliverPending(ctx: Delivering, pending: Pending, last: boolean): Promise<"done" | "failed"> {
  const { id } = pending;
  if (!pending.active) {
    const nothing = { duration: 0, requestHeaders: "", responseCode: null, responseHeaders: "" };
    await recordAttempt(ctx.db, id, { ...nothing, state: "failed", responseBody: "The webhook is not active." });
    return "done";
  }
  const result = await attempt(ctx, pending);
  const failed = result.state === "failed";
  ctx.metrics.webhookTried(failed ? (last ? "failed" : "retried") : "delivered");
  await recordAttempt(ctx.db, id, { ...result, state: failed && !last ? "pending" : result.state });
  return failed ? "failed" : "done";
}

/**
 * Sends a test message, and waits for its answer. It is not tried again.
 *
 * @throws webhook_not_found, server_busy
 */
export async function pingWebhook(ctx: OwnerCtx, name: string): Promise<Delivery> {
  const hook = await requireWebhook(ctx, name);
  const id = randomUUID();
  const about = { url: ctx.url, organization: ctx.org.name, stack: ctx.stack, user: ctx.actor };
  const payload = write(hook.format, pingKind.message(about, { webhook: name }, []));
  const sent = await sendNow(ctx, hook, { id, kind: "ping", payload }, async (tx) => {
    await insertDelivery(tx.db, { id, webhookId: hook.id, kind: "ping", payload, state: "failed" });
    await recordSent(tx, name, "a test message was sent");
  });
  return sent;
}

/**
 * Sends a message once more, unchanged, and waits for its answer. If it still waits to be delivered, it waits no longer when this
 * succeeds, and is tried again as before when it fails.
 *
 * @throws webhook_not_found, webhook_delivery_not_found, server_busy
 */
export async function redeliver(ctx: OwnerCtx, name: string, id: string): Promise<Delivery> {
  const hook = await requireWebhook(ctx, name);
  const found = await findDelivery(ctx.db, hook.id, id);
  if (!found) throw newError("webhook_delivery_not_found", { webhook: name, delivery: id });
  return sendNow(ctx, hook, found, (tx) => recordSent(tx, name, `message ${id} was sent once more`));
}

type Before = (tx: OwnerCtx & { readonly inTransaction: true }) => Promise<void>;

async function sendNow(
  ctx: OwnerCtx,
  hook: WebhookRow,
  message: { id: string; kind: string; payload: string },
  before: Before,
): Promise<Delivery> {
  const sent = await inFlight.run(hook.id, async () => {
    await transaction(ctx, before);
    const { state, ...result } = await attempt(ctx, {
      ...message,
      webhookId: hook.id,
      url: hook.url,
      secret: hook.secret,
    });
    ctx.metrics.webhookTried(state === "delivered" ? "delivered" : "failed");
    // A message that waits goes on waiting when this fails.
    await recordAttempt(ctx.db, message.id, { ...result, ...(state === "delivered" && { state }) });
    return findDelivery(ctx.db, hook.id, message.id);
  });
  if (!sent) throw newError("server_busy", {});
  return { ...sent, maskedUrl: maskUrl(openUrl(ctx.keys, hook)) };
}

/** The newest messages to a webhook. @throws webhook_not_found */
export async function readDeliveries(ctx: OwnerCtx, name: string): Promise<Delivery[]> {
  const hook = await requireWebhook(ctx, name);
  const maskedUrl = maskUrl(openUrl(ctx.keys, hook));
  return (await listDeliveries(ctx.db, hook.id)).map((row) => ({ ...row, maskedUrl }));
}

export function sweepDeliveries({ db }: Pick<Ctx, "db">): Promise<void> {
  return deleteOldDeliveries(db, KEPT);
}

/** Gives up all messages that wait, in a database that was restored: whoever they were for may have got them since. */
export function forgetUnsent({ db }: Pick<Ctx, "db">): Promise<void> {
  return failPending(db, "The server was restored from a backup that was made before this message was delivered.");
}
