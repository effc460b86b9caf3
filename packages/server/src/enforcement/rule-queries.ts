import { sql } from "kysely";
import type { Db } from "../db/open.ts";
import { NOW } from "../db/time.ts";
import type { ReceiptStatus } from "./receipt.ts";

/** Whether the organization wants a complete receipt before the next update of a stack. */
export async function readRule(db: Db, organizationId: string): Promise<boolean> {
  const row = await db
    .selectFrom("receipt_rules")
    .where("organization_id", "=", organizationId)
    .select("required")
    .executeTakeFirst();
  return row?.required ?? false;
}

export async function setRule(db: Db, organizationId: string, required: boolean): Promise<void> {
  await db
    .insertInto("receipt_rules")
    .values({ organization_id: organizationId, required })
    .onConflict((conflict) => conflict.column("organization_id").doUpdateSet({ required }))
    .execute();
}

/** An update whose receipt is not complete. */
export interface Unproven {
  update: string;
  status: ReceiptStatus;
  reasons: string[];
}

/**
 * The stack's last update whose receipt is not complete, unless an update, a dry run or a preview with a complete one was created
 * after it, or an admin's lift came. A run that was created before may have had other packs to ask.
 */
export async function findUnproven(db: Db, stackId: string): Promise<Unproven | undefined> {
  const { rows } = await sql<Omit<Unproven, "reasons"> & { body: string }>`
    with unproven as (
      select update_id, status, body, ended_at from receipts
      where stack_id = ${stackId} and kind = 'update' and not dry_run and status in ('incomplete', 'missing')
      order by ended_at desc limit 1
    )
    select update_id as update, status, body from unproven
    where not exists (
      select from receipts join updates on updates.id = receipts.update_id
      where receipts.stack_id = ${stackId} and receipts.kind in ('update', 'preview') and receipts.status = 'complete'
        and updates.created_at > unproven.ended_at
    ) and not exists (
      select from receipt_lifts where stack_id = ${stackId} and lifted_at > unproven.ended_at
    )`.execute(db);
  // The database can't look into JSON in which a client has written half a surrogate pair.
  return rows.map(({ body, ...unproven }) => ({ ...unproven, reasons: JSON.parse(body).reasons as string[] }))[0];
}

export async function setLifted(db: Db, stackId: string): Promise<void> {
  await db
    .insertInto("receipt_lifts")
    .values({ stack_id: stackId, lifted_at: NOW })
    .onConflict((conflict) => conflict.column("stack_id").doUpdateSet({ lifted_at: NOW }))
    .execute();
}

/** When a run last imported resources, and when an update last succeeded with a complete receipt. */
export async function readLastProofs(
  db: Db,
  stackId: string,
): Promise<{ importedAt: Date | null; provenAt: Date | null }> {
  const { rows } = await sql<{ importedAt: Date | null; provenAt: Date | null }>`
    select max(ended_at) filter (where imported) as "importedAt",
      max(ended_at) filter (where kind = 'update' and status = 'complete' and outcome = 'succeeded') as "provenAt"
    from receipts where stack_id = ${stackId} and not dry_run`.execute(db);
  return rows[0] ?? { importedAt: null, provenAt: null };
}
