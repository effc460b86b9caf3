import { sql } from "kysely";
import { joiningByHash } from "../db/joins.ts";
import type { Db } from "../db/open.ts";
import { digestOf } from "./settle-queries.ts";

/** Each with the columns by which it has a URN once in a stack. */
const TABLES = {
  findings: ["pack", "policy"],
  predictions: ["source", "pack", "policy"],
  evaluations: ["pack", "by_stack"],
};

/**
 * Findings, predictions and evaluations keep up with the URNs of a stack's resources. One that has the new URN already stays, and the other
 * keeps its own.
 */
export async function renameUrns(db: Db, stackId: string, rename: (urn: string) => string): Promise<void> {
  for (const [name, columns] of Object.entries(TABLES)) {
    const table = sql.table(name);
    const { rows } = await sql<{ was: string }>`
      select distinct urn as was from ${table} where stack_id = ${stackId}`.execute(db);
    const renamed = rows.map(({ was }) => ({ was, now: rename(was) })).filter(({ was, now }) => was !== now);
    if (renamed.length === 0) continue;
    const of = (row: string) => sql.join(columns.map((column) => sql.ref(`${row}.${column}`)));
    const move = sql`
      update ${table} set urn = renamed.now, urn_digest = ${digestOf("renamed.now")}
      from json_to_recordset(${JSON.stringify(renamed)}::json) as renamed (was text, now text)
      where ${table}.stack_id = ${stackId} and ${table}.urn = renamed.was and not exists (
        select from ${table} taken where taken.stack_id = ${stackId} and taken.urn_digest = ${digestOf("renamed.now")}
          and (${of("taken")}) = (${of(name)})
      )`;
    await joiningByHash(db, () => move.execute(db));
  }
}
