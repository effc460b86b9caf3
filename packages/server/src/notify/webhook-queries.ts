import type { WebhookFormat } from "@quillon/contract";
import { sql } from "kysely";
import type { Db } from "../db/open.ts";
import type { Owner } from "./owner.ts";

export interface WebhookRow {
  id: string;
  name: string;
  displayName: string;
  active: boolean;
  format: WebhookFormat;
  filters: string[];
  groups: string[];
  /** Encrypted. */
  url: Buffer;
  /** Encrypted. */
  secret: Buffer | null;
}

const columns = [
  "id",
  "name",
  "display_name as displayName",
  "active",
  "format",
  "filters",
  "groups",
  "url",
  "secret",
] as const;

function ofOwner(db: Db, { organizationId, stackId }: Owner) {
  return db
    .selectFrom("webhooks")
    .where("organization_id", "=", organizationId)
    .where("stack_id", stackId === null ? "is" : "=", stackId as never);
}

/** Makes others who add a webhook to the same owner wait until the transaction ends. */
export async function lockAdding(db: Db, { organizationId, stackId }: Owner): Promise<void> {
  const key = `webhooks of ${stackId ?? organizationId}`;
  await sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`.execute(db);
}

export async function listWebhooks(db: Db, owner: Owner): Promise<WebhookRow[]> {
  return ofOwner(db, owner).orderBy("created_at").orderBy("id").select(columns).execute();
}

export async function findWebhook(db: Db, owner: Owner, name: string): Promise<WebhookRow | undefined> {
  return ofOwner(db, owner).where("name", "=", name).select(columns).executeTakeFirst();
}

/** As `findWebhook`. Nobody else can change the webhook until the transaction ends. */
export async function lockWebhook(db: Db, owner: Owner, name: string): Promise<WebhookRow | undefined> {
  return ofOwner(db, owner).where("name", "=", name).select(columns).forUpdate().executeTakeFirst();
}

/** @returns false when the owner has one of that name already. */
export async function insertWebhook(db: Db, { organizationId, stackId }: Owner, row: WebhookRow): Promise<boolean> {
  const { displayName, ...same } = row;
  const inserted = await db
    .insertInto("webhooks")
    .values({ ...same, display_name: displayName, organization_id: organizationId, stack_id: stackId })
    .onConflict((conflict) => conflict.columns(["organization_id", "stack_id", "name"]).doNothing())
    .returning("id")
    .executeTakeFirst();
  return inserted !== undefined;
}

export async function updateWebhook(db: Db, row: WebhookRow): Promise<void> {
  const { id, name: _, displayName, ...same } = row;
  await db
    .updateTable("webhooks")
    .set({ ...same, display_name: displayName })
    .where("id", "=", id)
    .execute();
}

export async function deleteWebhook(db: Db, id: string): Promise<void> {
  await db.deleteFrom("webhooks").where("id", "=", id).execute();
}

/**
 * The active webhooks of an organization and of one of its stacks. They can't be removed until the transaction ends, so that
 * messages can be stored for them.
 */
export async function listListeners(db: Db, { organizationId, stackId }: Owner) {
  return db
    .selectFrom("webhooks")
    .where("organization_id", "=", organizationId)
    .where((or) => or.or([or("stack_id", "is", null), ...(stackId === null ? [] : [or("stack_id", "=", stackId)])]))
    .where("active", "=", true)
    .orderBy("id")
    .select(["id", "format", "filters", "groups"])
    .forKeyShare()
    .execute();
}
