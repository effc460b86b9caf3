import type { UpdateKind } from "@quillon/contract";
import { type SqlBool, sql } from "kysely";
import type { Actor } from "../context.ts";
import type { Db } from "../db/open.ts";
import { atMicroseconds, daysAgo, microsecondsOf } from "../db/time.ts";
import { selectReadable } from "../stacks/index.ts";
import type { Unreceipted } from "../updates/index.ts";
import type { Outcome, ReceiptStatus } from "./receipt.ts";
import { COUNTED } from "./streak-queries.ts";

export async function insertReceipt(
  db: Db,
  {
    update,
    status,
    imported,
    body,
    signature,
  }: { update: Unreceipted; status: ReceiptStatus; imported: boolean; body: string; signature: Buffer },
): Promise<void> {
  await db
    .insertInto("receipts")
    .values({
      update_id: update.id,
      organization_id: update.organizationId,
      stack_id: update.stackId,
      project: update.project,
      stack: update.stack,
      kind: update.kind,
      dry_run: update.dryRun,
      outcome: update.outcome,
      ended_at: update.endedAt,
      status,
      imported,
      body,
      signature,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** A receipt in a list. */
export interface ListedReceipt {
  update: string;
  /** Of the stack, as they were when the run ended. */
  project: string;
  stack: string;
  kind: UpdateKind;
  dryRun: boolean;
  outcome: Outcome;
  status: ReceiptStatus;
  endedAt: Date;
  /** For a cursor: the same in microseconds since 1970. */
  at: string;
}

/** Whose receipts are meant. Those of a removed stack are for its organization's admins. */
export interface ReceiptsOf {
  organizationId: string;
  actor: Actor;
  admin: boolean;
}

export interface ReceiptFilter {
  status?: ReceiptStatus | readonly ReceiptStatus[] | undefined;
  dryRun?: boolean | undefined;
  /** Of runs that ended in so many days until now. */
  days?: number | undefined;
}

/** Those of stacks that the caller may read, newest first. */
export async function listReceipts(
  db: Db,
  {
    of,
    stackId,
    after,
    limit,
    ...filter
  }: ReceiptFilter & {
    of: ReceiptsOf;
    stackId?: string | undefined;
    /** The time and update of the last one of the page before. */
    after?: readonly string[] | undefined;
    limit: number;
  },
): Promise<ListedReceipt[]> {
  const [afterTime = "", afterUpdate = ""] = after ?? [];
  return selectReceipts(db, of, filter)
    .$if(stackId !== undefined, (query) => query.where("receipt.stack_id", "=", stackId ?? ""))
    .$if(after !== undefined, (query) =>
      query.where(
        sql<SqlBool>`(receipt.ended_at, receipt.update_id) < (${atMicroseconds(afterTime)}, ${afterUpdate}::uuid)`,
      ),
    )
    .orderBy("receipt.ended_at", "desc")
    .orderBy("receipt.update_id", "desc")
    .limit(limit)
    .select([
      "receipt.update_id as update",
      "receipt.project",
      "receipt.stack",
      "receipt.kind",
      "receipt.dry_run as dryRun",
      "receipt.outcome",
      "receipt.status",
      "receipt.ended_at as endedAt",
      microsecondsOf(sql.ref("receipt.ended_at")).as("at"),
    ])
    .execute();
}

/** How many receipts of each status there are. */
export function countReceipts(db: Db, of: ReceiptsOf, filter: ReceiptFilter) {
  return selectReceipts(db, of, filter)
    .groupBy("receipt.status")
    .select(["receipt.status", sql<number>`count(*)::int`.as("count")])
    .execute();
}

/** What the receipts of these runs say, by the run's id. One without a receipt is left out. */
export async function findReceiptStatuses(db: Db, updateIds: readonly string[]): Promise<Map<string, ReceiptStatus>> {
  const rows = await db
    .selectFrom("receipts")
    .where(sql<SqlBool>`update_id = any(${[...updateIds]}::uuid[])`)
    .select(["update_id as id", "status"])
    .execute();
  return new Map(rows.map(({ id, status }) => [id, status]));
}

/** The signed text and its signature. */
export async function findReceipt(
  db: Db,
  of: ReceiptsOf,
  updateId: string,
): Promise<{ body: string; signature: Buffer } | undefined> {
  return selectReceipts(db, of)
    .where("receipt.update_id", "=", updateId)
    .select(["receipt.body", "receipt.signature"])
    .executeTakeFirst();
}

function selectReceipts(db: Db, { organizationId, actor, admin }: ReceiptsOf, filter: ReceiptFilter = {}) {
  const { status, dryRun, days } = filter;
  return db
    .selectFrom("receipts as receipt")
    .where("receipt.organization_id", "=", organizationId)
    .$if(status !== undefined, (query) => query.where("receipt.status", "in", [status ?? []].flat()))
    .$if(dryRun !== undefined, (query) => query.where("receipt.dry_run", "=", dryRun ?? false))
    .$if(days !== undefined, (query) => query.where("receipt.ended_at", ">=", daysAgo(days ?? 0)))
    .$if(!admin, (query) =>
      query.where(
        "receipt.stack_id",
        "in",
        selectReadable(db, actor).where("org.id", "=", organizationId).select("stack.id"),
      ),
    );
}

/** Whether an old receipt belongs to the updates in a row without a complete one: those after it have none either. */
const isInStreak = sql`(
  old.kind = 'update' and not old.dry_run and old.status in ('incomplete', 'missing') and (
    select count(*) < ${COUNTED} and not coalesce(bool_or(status = 'complete'), false) from (
      select status from receipts newer
      where newer.stack_id = old.stack_id and newer.kind = 'update' and not newer.dry_run
        and newer.status <> 'not-applicable' and (newer.ended_at, newer.update_id) > (old.ended_at, old.update_id)
      order by newer.ended_at desc, newer.update_id desc limit ${COUNTED}
    ) as later
  )
)`;

/**
 * Removes receipts of runs that ended more than so many days ago, at most so many. Of every stack that is there stay the newest of
 * each sort, because what follows from receipts asks for the newest of some sort, and those of a streak.
 *
 * @returns how many.
 */
export async function deleteOldReceipts(db: Db, days: number, limit: number): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from receipts where update_id in (
      select update_id from receipts old
      where old.ended_at < ${daysAgo(days)} and (
        not exists (select from stacks where stacks.id = old.stack_id)
        or exists (
          select from receipts newer where newer.stack_id = old.stack_id
            and (newer.ended_at, newer.update_id) > (old.ended_at, old.update_id)
            and (newer.kind, newer.dry_run, newer.status, newer.outcome, newer.imported)
              = (old.kind, old.dry_run, old.status, old.outcome, old.imported)
        ) and not ${isInStreak}
      )
      order by old.ended_at limit ${limit}
    )`.execute(db);
  return Number(numAffectedRows ?? 0);
}
