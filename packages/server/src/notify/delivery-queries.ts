import { sql } from "kysely";
import type { Db } from "../db/open.ts";
import { NOW } from "../db/time.ts";

export interface DeliveryRow {
  id: string;
  kind: string;
  payload: string;
  createdAt: Date;
  sentAt: Date | null;
  duration: number | null;
  requestHeaders: string;
  responseCode: number | null;
  responseHeaders: string;
  responseBody: string;
}

/** What an attempt to deliver a message has led to. */
export interface Attempt {
  state: "pending" | "delivered" | "failed";
  duration: number;
  requestHeaders: string;
  responseCode: number | null;
  responseHeaders: string;
  responseBody: string;
}

/** How many are shown of a webhook. */
const SHOWN = 100;

const columns = [
  "id",
  "kind",
  "payload",
  "created_at as createdAt",
  "sent_at as sentAt",
  "duration",
  "request_headers as requestHeaders",
  "response_code as responseCode",
  "response_headers as responseHeaders",
  "response_body as responseBody",
] as const;

/** Newest first. */
export async function listDeliveries(db: Db, webhookId: string): Promise<DeliveryRow[]> {
  return db
    .selectFrom("webhook_deliveries")
    .where("webhook_id", "=", webhookId)
    .orderBy("created_at", "desc")
    .orderBy("id")
    .limit(SHOWN)
    .select(columns)
    .execute();
}

export async function findDelivery(db: Db, webhookId: string, id: string): Promise<DeliveryRow | undefined> {
  return db
    .selectFrom("webhook_deliveries")
    .where("webhook_id", "=", webhookId)
    .where("id", "=", id)
    .select(columns)
    .executeTakeFirst();
}

export async function insertDelivery(
  db: Db,
  delivery: { id: string; webhookId: string; kind: string; payload: string; state: "pending" | "failed" },
): Promise<void> {
  const { webhookId, ...same } = delivery;
  await db
    .insertInto("webhook_deliveries")
    .values({ ...same, webhook_id: webhookId })
    .execute();
}

/** A message that waits, with the webhook that it is for. @returns undefined when one of them is gone, or it was delivered. */
export async function findPending(db: Db, id: string) {
  return db
    .selectFrom("webhook_deliveries as delivery")
    .innerJoin("webhooks as hook", "hook.id", "delivery.webhook_id")
    .where("delivery.id", "=", id)
    .where("delivery.state", "=", "pending")
    .select(["delivery.id", "delivery.kind", "delivery.payload", "hook.id as webhookId", "hook.active"])
    .select("hook.organization_id as organizationId")
    .select(["hook.url", "hook.secret"])
    .executeTakeFirst();
}

/** @param attempt without a state the message's state stays. What somebody has delivered meanwhile stays so. */
export async function recordAttempt(
  db: Db,
  id: string,
  attempt: Omit<Attempt, "state"> & Partial<Pick<Attempt, "state">>,
): Promise<void> {
  await db
    .updateTable("webhook_deliveries")
    .set({
      ...(attempt.state && { state: attempt.state }),
      sent_at: NOW,
      duration: attempt.duration,
      request_headers: attempt.requestHeaders,
      response_code: attempt.responseCode,
      response_headers: attempt.responseHeaders,
      response_body: attempt.responseBody,
    })
    .where("id", "=", id)
    .$if(attempt.state !== undefined && attempt.state !== "delivered", (update) =>
      update.where("state", "=", "pending"),
    )
    .execute();
}

/** Removes what was delivered or given up so many days ago, some at a time. */
export async function deleteOldDeliveries(db: Db, days: number): Promise<void> {
  await sql`
    delete from webhook_deliveries where id in (
      select id from webhook_deliveries
      where state <> 'pending' and created_at < now() - make_interval(days => ${days}) limit 1000
    )`.execute(db);
}

/** @param why is shown in place of an answer. */
export async function failPending(db: Db, why: string): Promise<void> {
  await db
    .updateTable("webhook_deliveries")
    .set({ state: "failed", response_body: why })
    .where("state", "=", "pending")
    .execute();
}
