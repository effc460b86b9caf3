import { sql } from "kysely";
import type { Db } from "../db/open.ts";

export interface Table {
  name: string;
  /** Those that hold something of their own: a generated column is made again from the others. */
  columns: readonly Column[];
}

export interface Column {
  name: string;
  type: string;
}

/** What the migrator itself keeps: a restored database has its own. */
const MIGRATOR = ["kysely_migration", "kysely_migration_lock"];

/** All tables, as the catalog of the database has them. Of one in parts, only the whole. */
export async function listTables(db: Db): Promise<Table[]> {
  const { rows } = await sql<{ table: string; column: string; type: string }>`
    select relname as table, attname as column, format_type(atttypid, atttypmod) as type
    from pg_class join pg_attribute on attrelid = pg_class.oid
    where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p') and not relispartition
      and relname <> all(${MIGRATOR}) and attnum > 0 and not attisdropped and attgenerated = ''
    order by relname, attnum`.execute(db);
  const tables = new Map<string, Column[]>();
  for (const { table, column, type } of rows) {
    const columns = tables.get(table) ?? [];
    columns.push({ name: column, type });
    tables.set(table, columns);
  }
  return [...tables].map(([name, columns]) => ({ name, columns }));
}

/** The names of all blobs that rows refer to. They are in columns that are named `blob`, or end so. */
export async function listBlobs(db: Db): Promise<string[]> {
  const found = new Set<string>();
  for (const { name: table, columns } of await listTables(db)) {
    for (const { name } of columns.filter((column) => /(^|_)blob$/.test(column.name))) {
      const { rows } = await sql<{ blob: string }>`
        select distinct ${sql.ref(name)} as blob from ${sql.table(table)} where ${sql.ref(name)} is not null`.execute(
        db,
      );
      for (const { blob } of rows) found.add(blob);
    }
  }
  return [...found].sort();
}

/** The last number that each sequence has given, without those that have given none. */
export async function listSequences(db: Db): Promise<Record<string, string>> {
  const { rows } = await sql<{ name: string; last: string }>`
    select sequencename as name, last_value::text as last from pg_sequences
    where schemaname = current_schema() and last_value is not null order by sequencename`.execute(db);
  return Object.fromEntries(rows.map(({ name, last }) => [name, last]));
}

/** The first table that has a row. */
export async function findFilled(db: Db): Promise<string | undefined> {
  for (const { name } of await listTables(db)) {
    const { rows } = await sql`select from ${sql.table(name)} limit 1`.execute(db);
    if (rows.length > 0) return name;
  }
  return undefined;
}
