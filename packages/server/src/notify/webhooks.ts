import { randomBytes, randomUUID } from "node:crypto";
import { newError } from "@quillon/contract";
import { recordAudit } from "../audit/index.ts";
import { type Tx, transaction } from "../context.ts";
import { writeJson } from "../json/write.ts";
import type { Keys } from "../keys.ts";
import { editedValues, newValues, type SentWebhook, type WebhookValues } from "./edit.ts";
import { maskUrl } from "./mask-url.ts";
import { type OwnerCtx, ownerName, ownerOf } from "./owner.ts";
import { openSecret, openUrl, sealField } from "./sealed.ts";
import {
  deleteWebhook,
  findWebhook,
  insertWebhook,
  listWebhooks,
  lockAdding,
  lockWebhook,
  updateWebhook,
  type WebhookRow,
} from "./webhook-queries.ts";

/** A webhook without its credentials. */
export interface Webhook extends Omit<WebhookRow, "id" | "url" | "secret"> {
  maskedUrl: string;
  hasSecret: boolean;
}

/** Of one organization or stack. An event is written once for each. */
const MOST = 50;

export async function readWebhooks(ctx: OwnerCtx): Promise<Webhook[]> {
  return (await listWebhooks(ctx.db, ownerOf(ctx))).map((row) => withoutCredentials(ctx.keys, row));
}

/** @throws webhook_not_found */
export async function readWebhook(ctx: OwnerCtx, name: string): Promise<Webhook> {
  return withoutCredentials(ctx.keys, await requireWebhook(ctx, name));
}

/**
 * Makes a webhook.
 *
 * @param sent its name; a short one is made up when it is empty.
 * @throws webhook_exists, webhook_refused
 */
export function createWebhook(
  ctx: OwnerCtx,
  { name: wanted, ...sent }: SentWebhook & { name?: string },
): Promise<Webhook> {
  const name = wanted || randomBytes(4).toString("hex");
  const values = newValues(sent, name, factsOf(ctx));
  return transaction(ctx, async (tx) => {
    const owner = ownerOf(tx);
    const row = rowOf(tx.keys, { id: randomUUID(), name }, values);
    await lockAdding(tx.db, owner);
    const others = await listWebhooks(tx.db, owner);
    if (others.length >= MOST)
      throw newError("webhook_refused", { problem: "too_many", limit: MOST, owner: ownerName(tx) });
    if (!(await insertWebhook(tx.db, owner, row)))
      throw newError("webhook_exists", { webhook: name, owner: ownerName(tx) });
    await recordAudit(tx, {
      event: "Webhook Created",
      description: describe(tx, name),
      after: writeJson(shown(name, values)),
    });
    return withoutCredentials(tx.keys, row);
  });
}

/** @throws webhook_not_found, webhook_refused */
export function editWebhook(ctx: OwnerCtx, name: string, sent: SentWebhook): Promise<Webhook> {
  return transaction(ctx, async (tx) => {
    const before = await lockWebhook(tx.db, ownerOf(tx), name);
    if (!before) throw notFound(tx, name);
    const was = valuesOf(tx.keys, before);
    const is = editedValues(was, sent, factsOf(tx));
    const row = rowOf(tx.keys, before, is);
    await updateWebhook(tx.db, row);
    const [old, now] = [writeJson(shown(name, was)), writeJson(shown(name, is))];
    const hidden = was.url !== is.url || was.secret !== is.secret;
    if (old !== now || hidden) {
      const what = hidden ? ", with another URL or secret" : "";
      await recordAudit(tx, {
        event: "Webhook Updated",
        description: `${describe(tx, name)}${what}`,
        before: old,
        after: now,
      });
    }
    return withoutCredentials(tx.keys, row);
  });
}

/** @throws webhook_not_found */
export function removeWebhook(ctx: OwnerCtx, name: string): Promise<void> {
  return transaction(ctx, async (tx) => {
    const found = await lockWebhook(tx.db, ownerOf(tx), name);
    if (!found) throw notFound(tx, name);
    await deleteWebhook(tx.db, found.id);
    await recordAudit(tx, {
      event: "Webhook Removed",
      description: describe(tx, name),
      before: writeJson(shown(name, valuesOf(tx.keys, found))),
    });
  });
}

/** Records that somebody had a message sent. */
export function recordSent(tx: Tx<OwnerCtx>, name: string, message: string): Promise<void> {
  return recordAudit(tx, { event: "Webhook Sent", description: `${describe(tx, name)}: ${message}` });
}

/** @throws webhook_not_found */
export async function requireWebhook(ctx: OwnerCtx, name: string): Promise<WebhookRow> {
  const found = await findWebhook(ctx.db, ownerOf(ctx), name);
  if (!found) throw notFound(ctx, name);
  return found;
}

function notFound(ctx: OwnerCtx, webhook: string) {
  return newError("webhook_not_found", { webhook, owner: ownerName(ctx) });
}

function describe(ctx: OwnerCtx, name: string): string {
  return ctx.stack ? `Webhook ${name} of stack ${ctx.stack.project}/${ctx.stack.name}` : `Webhook ${name}`;
}

function factsOf({ stack, sender }: OwnerCtx) {
  return { ofStack: stack !== undefined, isBlocked: (url: string) => sender.isBlocked(url) };
}

function valuesOf(keys: Keys, row: WebhookRow): WebhookValues {
  const { displayName, active, format, filters, groups } = row;
  return { displayName, active, format, filters, groups, url: openUrl(keys, row), secret: openSecret(keys, row) };
}

function rowOf(keys: Keys, { id, name }: Pick<WebhookRow, "id" | "name">, values: WebhookValues): WebhookRow {
  const { url, secret, ...same } = values;
  return {
    ...same,
    id,
    name,
    url: sealField(keys, id, "url", url),
    secret: secret === undefined ? null : sealField(keys, id, "secret", secret),
  };
}

function withoutCredentials(keys: Keys, row: WebhookRow): Webhook {
  const { id: _, url: __, secret, ...same } = row;
  return { ...same, maskedUrl: maskUrl(openUrl(keys, row)), hasSecret: secret !== null };
}

function shown(name: string, { url, secret, ...same }: WebhookValues) {
  return { name, ...same, payloadUrl: maskUrl(url), hasSecret: secret !== undefined };
}
