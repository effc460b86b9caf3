import { sql } from "kysely";
import { forgetBlobStore } from "../db/instance.ts";
import type { Db } from "../db/open.ts";
import { isBlobName, type Manifest, type Row } from "./format.ts";
import { findFilled, listBlobs, listTables, type Table } from "./tables.ts";

/**
 * Fills an empty database, which has the manifest's schema, with rows. Triggers are off meanwhile, because what they keep is among
 * the rows. Foreign keys are made again at the end, so rows may come in any order.
 *
 * @param fill is given what inserts some rows of a table.
 * @returns the blobs that the rows name.
 * @throws Error when the database is not empty, or is another one than the manifest says, or when a row names a blob that would be
 *   outside of the folder. Then nothing has changed.
 */
export async function load(
  db: Db,
  manifest: Manifest,
  fill: (insert: (table: string, rows: readonly Row[]) => Promise<void>) => Promise<void>,
): Promise<string[]> {
  return db.transaction().execute(async (tx) => {
    for (const name of ["statement_timeout", "idle_in_transaction_session_timeout"])
      await sql`select set_config(${name}, '0', true)`.execute(tx);
    await sql`select set_config('timezone', 'UTC', true), set_config('datestyle', 'ISO', true)`.execute(tx);
    const tables = await listTables(tx);
    requireAlike(tables, manifest);
    for (const { name } of tables) await sql`alter table ${sql.table(name)} disable trigger user`.execute(tx);
    // After the statement above, which holds each table: nobody can add a row any more.
    const filled = await findFilled(tx);
    if (filled !== undefined) throw new Error(notEmpty(filled));
    const foreignKeys = await listForeignKeys(tx);
    for (const { table, name } of foreignKeys)
      await sql`alter table ${sql.table(table)} drop constraint ${sql.ref(name)}`.execute(tx);
    const byName = new Map(tables.map((table) => [table.name, table]));
    await fill(async (name, rows) => {
      const table = byName.get(name);
      if (!table) throw new Error(`The backup has rows of ${name}, and its list of tables does not.`);
      await insert(tx, table, rows);
    });
    for (const { table, name, definition } of foreignKeys)
      await sql`alter table ${sql.table(table)} add constraint ${sql.ref(name)} ${sql.raw(definition)}`.execute(tx);
    for (const { name } of tables) await sql`alter table ${sql.table(name)} enable trigger user`.execute(tx);
    for (const [name, last] of Object.entries(manifest.sequences))
      await sql`select setval(${sql.lit(name)}::regclass, ${last}::bigint, true)`.execute(tx);
    await forgetBlobStore(tx);
    const blobs = await listBlobs(tx);
    const outside = blobs.find((blob) => !isBlobName(blob));
    if (outside === undefined) return blobs;
    throw new Error(
      `The backup names a blob ${JSON.stringify(outside)}, which Quillon never does. Somebody has changed it.`,
    );
  });
}

export function notEmpty(table: string): string {
  return (
    `The database has rows already (in ${table}), and a backup is restored only into one without any. ` +
    "Nothing was changed. Make a new database, or choose another folder with --data (QUILLON_DATA)."
  );
}

/** The two were made by the same migrations, so they differ only when somebody has changed one by hand. */
function requireAlike(tables: readonly Table[], manifest: Manifest): void {
  const shape = (all: readonly Table[]) =>
    JSON.stringify(all.map(({ name, columns }) => [name, columns.map((column) => [column.name, column.type])]));
  if (shape(tables) === shape(manifest.tables)) return;
  const here = new Set(tables.map((table) => shape([table])));
  const other = manifest.tables.find((table) => !here.has(shape([table])));
  throw new Error(
    `The backup's database was changed by hand: ${other ? `its table ${other.name} has other columns` : "it lacks a table"} ` +
      `than Quillon's schema ${manifest.schema}. Nothing was changed.`,
  );
}

async function listForeignKeys(db: Db): Promise<{ table: string; name: string; definition: string }[]> {
  const { rows } = await sql<{ table: string; name: string; definition: string }>`
    select relname as table, conname as name, pg_get_constraintdef(pg_constraint.oid) as definition
    from pg_constraint join pg_class on pg_class.oid = conrelid
    where contype = 'f' and conparentid = 0 and relnamespace = current_schema()::regnamespace
    order by relname, conname`.execute(db);
  return rows;
}

async function insert(db: Db, { name, columns }: Table, rows: readonly Row[]): Promise<void> {
  const names = sql.join(columns.map((column) => sql.ref(column.name)));
  const values = sql.join(columns.map((column) => sql`${sql.ref(column.name)}::${sql.raw(column.type)}`));
  const arrays = sql.join(columns.map((_, index) => sql`${rows.map((row) => row[index] ?? null)}::text[]`));
  await sql`
    insert into ${sql.table(name)} (${names}) overriding system value
    select ${values} from unnest(${arrays}) as given (${names})`.execute(db);
}
