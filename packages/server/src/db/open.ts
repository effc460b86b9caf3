import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { createPgConfig } from "@electric-sql/pglite/node-postgres";
import { Kysely, PostgresDialect, sql } from "kysely";
import pg from "pg";
import type { Schema } from "./schema.ts";

export type Db = Kysely<Schema>;

export interface OpenDatabase {
  db: Db;
  close(): Promise<void>;
}

/** How often the embedded database, which has no background workers, is checkpointed and vacuumed. */
const UPKEEP_EVERY_MS = 5 * 60_000;

/**
 * Opens PostgreSQL by URL, or the embedded database in a folder; the first query waits until it is open, and fails when it
 * can't be. The embedded one is a pool of one connection: a query outside a running transaction would wait for ever, so
 * waiting for the connection is bounded and then an error.
 */
export function openDatabase(where: { databaseUrl: string } | { folder: string }): OpenDatabase {
  return "databaseUrl" in where ? openPostgres(where.databaseUrl) : openEmbedded(where.folder);
}

function openPostgres(connectionString: string): OpenDatabase {
  const pool = new pg.Pool({ connectionString, max: 10, connectionTimeoutMillis: 5_000 });
  // A connection that breaks while idle is replaced at the next query; unheard, the event would end the process.
  pool.on("error", () => {});
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  return { db, close: () => db.destroy() };
}

function openEmbedded(folder: string): OpenDatabase {
  const path = join(folder, "database");
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const pglite = new PGlite(path);
  const { db, destroy } = overPglite(pglite);
  const upkeep = setInterval(() => {
    sql`checkpoint`
      .execute(db)
      .then(() => sql`vacuum analyze`.execute(db))
      .catch(() => {});
  }, UPKEEP_EVERY_MS).unref();
  return {
    db,
    async close() {
      clearInterval(upkeep);
      await destroy();
      await pglite.close();
    },
  };
}

/** A database over an opened PGlite, which stays the caller's to close. */
export function overPglite(pglite: PGlite): { db: Db; destroy(): Promise<void> } {
  const pool = new pg.Pool({ ...createPgConfig(pglite), max: 1, connectionTimeoutMillis: 30_000 } as pg.PoolConfig);
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  return { db, destroy: () => db.destroy() };
}
