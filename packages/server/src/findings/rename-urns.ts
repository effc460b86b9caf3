import { sql } from "kysely";
import type { Db } from "../db/open.ts";
import { digestOf } from "./settle-queries.ts";

/** In rows. On the embedded database all others wait until they are renamed. */
const STEP = 500;

/** Each with the columns of its key besides the stack and the digest of the URN, and with the key's order. */
const KEYS = {
  findings: { columns: { pack: "text", policy: "text" }, order: ["pack", "policy", "urn_digest"] },
  predictions: {
    columns: { source: "text", pack: "text", policy: "text" },
    order: ["source", "pack", "policy", "urn_digest"],
  },
  evaluations: { columns: { pack: "text", by_stack: "boolean" }, order: ["pack", "urn_digest", "by_stack"] },
};

type Table = keyof typeof KEYS;

const TABLES = Object.keys(KEYS) as Table[];

export interface UrnPlace {
  table: Table;
  /** The key of the last row before it. */
  after?: readonly unknown[];
}

export const FIRST_URN: UrnPlace = { table: "findings" };

/**
 * Findings, predictions and evaluations keep up with the URNs of a stack's resources, some rows at once. One that has the new URN already
 * stays, and of two that get the same the second keeps its own. A row that was renamed may come again, because its key has changed.
 *
 * @returns where to go on, and undefined after the last row.
 */
export async function renameUrns(
  db: Db,
  stackId: string,
  place: UrnPlace,
  rename: (urn: string) => string,
): Promise<UrnPlace | undefined> {
  const { table, after } = place;
  const { order } = KEYS[table];
  const key = sql.join(order.map((column) => sql.ref(column)));
  const { rows } = await sql<Row>`
    select urn, ${key} from ${sql.table(table)}
    where stack_id = ${stackId} ${after ? sql`and (${key}) > (${sql.join(after)})` : sql``}
    order by ${key} limit ${STEP}`.execute(db);
  const columns = Object.keys(KEYS[table].columns);
  const taken = new Set<string>();
  const renamed = rows
    .map(({ urn_digest, ...row }) => ({ ...row, now: rename(row.urn) }))
    .filter((row) => {
      const named = JSON.stringify([row.now, ...columns.map((column) => (row as Row)[column])]);
      if (row.urn === row.now || taken.has(named)) return false;
      taken.add(named);
      return true;
    });
  if (renamed.length > 0) await writeUrns(db, stackId, table, renamed);
  const last = rows.at(-1);
  if (last && rows.length === STEP) return { table, after: order.map((column) => last[column]) };
  const next = TABLES[TABLES.indexOf(table) + 1];
  return next && { table: next };
}

type Row = Record<string, unknown> & { urn: string; urn_digest?: Buffer };

/** Finds each row by its whole key, because a stack may have a million of them. */
async function writeUrns(db: Db, stackId: string, table: Table, renamed: readonly Row[]): Promise<void> {
  const columns = Object.entries(KEYS[table].columns);
  const same = (row: string, urn: string) => sql`${sql.ref(`${row}.stack_id`)} = ${stackId}
    and ${sql.ref(`${row}.urn_digest`)} = ${digestOf(urn)}
    and ${sql.join(
      columns.map(([column]) => sql`${sql.ref(`${row}.${column}`)} = ${sql.ref(`renamed.${column}`)}`),
      sql` and `,
    )}`;
  const types = sql.join(columns.map(([column, type]) => sql`${sql.ref(column)} ${sql.raw(type)}`));
  await sql`
    update ${sql.table(table)} set urn = renamed.now, urn_digest = ${digestOf("renamed.now")}
    from json_to_recordset(${JSON.stringify(renamed)}::json) as renamed (urn text, now text, ${types})
    where ${same(table, "renamed.urn")} and not exists (
      select from ${sql.table(table)} taken where ${same("taken", "renamed.now")}
    )`.execute(db);
}
