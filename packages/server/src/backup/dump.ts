import { sql } from "kysely";
import type { Blobs } from "../blobs/types.ts";
import { listFingerprints } from "../db/instance.ts";
import { newestMigration } from "../db/migrate.ts";
import type { Db } from "../db/open.ts";
import { entryOf, type Writing } from "./archive.ts";
import { blobFile, END, type End, FORMAT, MANIFEST, type Manifest, rowsFile } from "./format.ts";
import { type Column, listBlobs, listSequences, listTables, type Table } from "./tables.ts";

/**
 * In bytes, of the rows as text: about so much of a table is in memory at once. As they are stored they may be a hundred times as
 * small, and whoever may start a preview decides how well they compress.
 */
const PIECE = 8 * 1024 * 1024;
const MOST_ROWS = 1_000;

export interface Dumped {
  manifest: Manifest;
  rows: number;
  blobs: number;
  /** Blobs that rows name and the folder does not have. */
  missing: string[];
}

/** Runs `read` in one transaction that sees the database as it was at its start, and reads values as text that every database reads alike. */
export async function inSnapshot<T>(db: Db, read: (tx: Db) => Promise<T>): Promise<T> {
  const reading = db.transaction().setIsolationLevel("repeatable read").setAccessMode("read only");
  return reading.execute(async (tx) => {
    const options = {
      statement_timeout: "0",
      idle_in_transaction_session_timeout: "0",
      timezone: "UTC",
      datestyle: "ISO",
      intervalstyle: "postgres",
      bytea_output: "hex",
      extra_float_digits: "1",
    };
    for (const [name, value] of Object.entries(options))
      await sql`select set_config(${name}, ${value}, true)`.execute(tx);
    return read(tx);
  });
}

/** Adds all that the snapshot has to the archive. */
export async function dump(
  tx: Db,
  { blobs, version }: { blobs: Pick<Blobs, "get">; version: string },
  archive: Writing,
): Promise<Dumped> {
  const manifest = await readManifest(tx, version);
  await archive.add(entryOf(MANIFEST, json(manifest)));
  const rows: Record<string, number> = {};
  for (const table of manifest.tables) rows[table.name] = await addTable(tx, table, archive);
  const missing: string[] = [];
  const names = await listBlobs(tx);
  for (const name of names) {
    const blob = await blobs.get(name);
    if (blob) await archive.add({ name: blobFile(name), ...blob });
    else missing.push(name);
  }
  const end: End = { rows, blobs: names.length - missing.length, sha256: archive.digest() };
  await archive.add(entryOf(END, json(end)));
  return { manifest, rows: Object.values(rows).reduce((sum, one) => sum + one, 0), blobs: end.blobs, missing };
}

/** @returns how many rows the table has. */
async function addTable(tx: Db, table: Table, archive: Writing): Promise<number> {
  let count = 0;
  let files = 0;
  for await (const rows of readTable(tx, table)) {
    count += rows.length;
    files += 1;
    await archive.add(entryOf(rowsFile(table.name, files), Buffer.from(rows.map((row) => `${row}\n`).join(""))));
  }
  return count;
}

async function readManifest(tx: Db, version: string): Promise<Manifest> {
  const schema = await newestMigration(tx);
  const masterKeys = schema === undefined ? [] : await listFingerprints(tx);
  if (schema === undefined || masterKeys.length === 0)
    throw new Error("This database has no Quillon server's data, so there is nothing to back up.");
  const tables = (await listTables(tx)).map(({ name, columns }) => ({ name, columns: [...columns] }));
  const madeAt = new Date().toISOString();
  return { format: FORMAT, version, schema, madeAt, masterKeys, tables, sequences: await listSequences(tx) };
}

/** How many bytes a value is as text. Of a `text` or a `bytea` the database knows it without decompressing the value. */
function textSize({ name, type }: Column) {
  const column = sql.ref(name);
  const bytes = type === "bytea" ? sql`2 * octet_length(${column})` : sql`octet_length(${column}::text)`;
  return sql`coalesce(${bytes}, 0)::bigint`;
}

/** Rows as JSON, some at a time. */
async function* readTable(tx: Db, { name, columns }: Table): AsyncGenerator<string[]> {
  const from = sql.table(name);
  const sizes = sql.join(columns.map(textSize), sql` + `);
  const { rows: largest } = await sql<{ size: string | null }>`select max(${sizes}) as size from ${from}`.execute(tx);
  const size = largest[0]?.size;
  if (size == null) return;
  const count = Math.max(1, Math.min(MOST_ROWS, Math.floor(PIECE / Number(size))));
  const values = sql.join(columns.map((column) => sql`${sql.ref(column.name)}::text`));
  await sql`declare piece no scroll cursor for select json_build_array(${values})::text as row from ${from}`.execute(
    tx,
  );
  for (;;) {
    const { rows } = await sql<{ row: string }>`fetch ${sql.raw(String(count))} from piece`.execute(tx);
    if (rows.length > 0) yield rows.map(({ row }) => row);
    if (rows.length < count) break;
  }
  await sql`close piece`.execute(tx);
}

function json(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`);
}
