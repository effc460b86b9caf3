import { sql } from "kysely";
import type { Db } from "../db/open.ts";
import type { PolicyCounts } from "./report-queries.ts";

/** What is kept of a run whose events and results are gone. */
export interface CompactedRun {
  at: Date;
  policies: PolicyCounts[];
}

export async function insertRunCounts(db: Db, updateId: string, policies: readonly PolicyCounts[]): Promise<void> {
  await db
    .insertInto("run_counts")
    .values({ update_id: updateId, policies: JSON.stringify(policies) })
    .execute();
}

/** Undefined for a run that was not compacted. */
export async function findRunCounts(db: Db, updateId: string): Promise<CompactedRun | undefined> {
  const { rows } = await sql<CompactedRun>`
    select updates.compacted_at as at, counts.policies
    from run_counts counts join updates on updates.id = counts.update_id
    where counts.update_id = ${updateId} and updates.compacted_at is not null`.execute(db);
  return rows[0];
}

/** The tables of what events said, each row of which came from one event. */
const RESULTS = ["policy_reports", "policy_analyses", "resource_steps"] as const;

/** Removes the first results of a run, at most so many of each table. @returns the number of the table with the most. */
export async function deleteResults(db: Db, updateId: string, limit: number): Promise<number> {
  let most = 0;
  for (const name of RESULTS) {
    const table = sql.table(name);
    const { numAffectedRows } = await sql`
      delete from ${table} where update_id = ${updateId} and sequence <= (
        select max(sequence) from (
          select sequence from ${table} where update_id = ${updateId} order by sequence limit ${limit}
        ) as first
      )`.execute(db);
    most = Math.max(most, Number(numAffectedRows ?? 0));
  }
  return most;
}
