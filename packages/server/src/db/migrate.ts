import { readdir, readFile } from "node:fs/promises";
import { type Kysely, type MigrationResultSet, Migrator, sql } from "kysely";
import type { Schema } from "./schema.ts";
import { hasSqlState, SQLSTATE } from "./sqlstate.ts";

const folder = new URL("./migrations/", import.meta.url);

/**
 * Brings the database to the newest schema. Kysely's migrator holds a lock meanwhile, so several servers may start at the
 * same time on one database.
 *
 * @throws Error when a newer Quillon has changed the schema.
 */
export async function migrate(db: Kysely<Schema>): Promise<void> {
  await refuseUnknown(db);
  // Without this, Kysely's migrator reads the whole catalog of the database: half a second on the embedded one.
  if (await isMigrated(db)) return;
  await runMigrations(db, (migrator) => migrator.migrateToLatest());
}

/** Brings a database to an earlier schema, which a backup has. */
export async function migrateTo(db: Kysely<Schema>, name: string): Promise<void> {
  await runMigrations(db, (migrator) => migrator.migrateTo(name));
}

async function runMigrations(db: Kysely<Schema>, run: (migrator: Migrator) => Promise<MigrationResultSet>) {
  await db.connection().execute(async (one) => {
    // A request's statement may not take so long. Of a migration one may have to go over all findings, and a server waits as long for
    // another one that migrates.
    await sql`set statement_timeout = 0`.execute(one);
    const migrator = new Migrator({ db: one, provider: { getMigrations: readMigrations } });
    const { error } = await run(migrator);
    await sql`reset statement_timeout`.execute(one);
    if (error) throw hasSqlState(error, SQLSTATE.forbidden) ? mayNotMigrate(error) : error;
  });
}

function mayNotMigrate(cause: unknown): Error {
  return new Error(
    `The user of QUILLON_DATABASE_URL may not make or change tables in its database: ${(cause as Error).message}. ` +
      "Give it a database of its own, with: createdb --owner USER DATABASE",
    { cause },
  );
}

/** Whether the newest migration has been applied. */
export async function isMigrated(db: Kysely<Schema>): Promise<boolean> {
  const newest = (await migrationNames()).at(-1) ?? "";
  return (await appliedMigrations(db, newest)).includes(newest);
}

/** @throws Error when the database has migrations that this version does not have, or has them in another order. */
export async function refuseUnknown(db: Kysely<Schema>): Promise<void> {
  const [applied, names] = [await appliedMigrations(db), await migrationNames()];
  const other = applied.find((name, index) => name !== names[index]);
  if (other === undefined) return;
  const known = names.at(-1);
  // Between two releases migrations may get other numbers.
  if (applied.length < names.length)
    throw new Error(
      `This database was made by a version between two releases: its schema has ${other}, and this version has ${names[applied.indexOf(other)]} in its place. ` +
        "Nothing was changed. Only that version can use it: start that one, or make a new database.",
    );
  const newer = applied.at(-1);
  throw new Error(
    `This database was used by a newer Quillon: its schema is ${newer}, and this version knows none after ${known}. ` +
      "Start that version, or one after it. An older one could damage the data.",
  );
}

/** The newest migration that was applied; undefined before the first. */
export async function newestMigration(db: Kysely<Schema>): Promise<string | undefined> {
  return (await appliedMigrations(db)).at(-1);
}

/** The newest migration that was applied, when this version does not have it. */
export async function newerMigration(db: Kysely<Schema>): Promise<string | undefined> {
  const newest = await newestMigration(db);
  return newest !== undefined && !(await migrationNames()).includes(newest) ? newest : undefined;
}

/** Names of the migrations that were applied, all or only the one named, in their order. */
async function appliedMigrations(db: Kysely<Schema>, name?: string): Promise<string[]> {
  const only = name === undefined ? sql`` : sql`where name = ${name}`;
  const applied = sql<{ name: string }>`select name from kysely_migration ${only} order by name`.execute(db);
  return applied.then(
    ({ rows }) => rows.map((row) => row.name),
    (error: unknown) => {
      if (hasSqlState(error, SQLSTATE.undefinedTable)) return [];
      throw error;
    },
  );
}

export async function migrationNames(): Promise<string[]> {
  return (await migrationFiles()).map(nameOf);
}

function nameOf(file: string): string {
  return file.replace(/\.sql$/, "");
}

async function migrationFiles(): Promise<string[]> {
  return (await readdir(folder)).filter((file) => file.endsWith(".sql")).sort();
}

async function readMigrations() {
  const migrations: Record<string, { up(db: Kysely<unknown>): Promise<void> }> = {};
  for (const file of await migrationFiles()) {
    const text = await readFile(new URL(file, folder), "utf8");
    migrations[nameOf(file)] = {
      async up(db) {
        await sql.raw(text).execute(db);
      },
    };
  }
  return migrations;
}
