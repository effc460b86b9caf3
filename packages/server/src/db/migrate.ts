import { readdir, readFile } from "node:fs/promises";
import { type Kysely, Migrator, sql } from "kysely";
import type { Schema } from "./schema.ts";
import { hasSqlState, SQLSTATE } from "./sqlstate.ts";

const folder = new URL("./migrations/", import.meta.url);

/**
 * Brings the database to the newest schema. Kysely's migrator holds a lock meanwhile, so several servers may start at the
 * same time on one database.
 */
export async function migrate(db: Kysely<Schema>): Promise<void> {
  // Without this, Kysely's migrator reads the whole catalog of the database: half a second on the embedded one.
  if (await isMigrated(db)) return;
  const migrator = new Migrator({ db, provider: { getMigrations: readMigrations } });
  const { error } = await migrator.migrateToLatest();
  if (error) throw error;
}

/** Whether the newest migration has been applied. */
export async function isMigrated(db: Kysely<Schema>): Promise<boolean> {
  const newest = (await migrationFiles()).at(-1)?.replace(/\.sql$/, "");
  const applied = sql<{ name: string }>`select name from kysely_migration where name = ${newest}`.execute(db);
  return applied.then(
    ({ rows }) => rows.length === 1,
    (error: unknown) => {
      if (hasSqlState(error, SQLSTATE.undefinedTable)) return false;
      throw error;
    },
  );
}

async function migrationFiles(): Promise<string[]> {
  return (await readdir(folder)).filter((file) => file.endsWith(".sql")).sort();
}

async function readMigrations() {
  const migrations: Record<string, { up(db: Kysely<unknown>): Promise<void> }> = {};
  for (const file of await migrationFiles()) {
    const text = await readFile(new URL(file, folder), "utf8");
    migrations[file.replace(/\.sql$/, "")] = {
      async up(db) {
        await sql.raw(text).execute(db);
      },
    };
  }
  return migrations;
}
