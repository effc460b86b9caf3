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
  /** Fails when the embedded database can't be opened. Until it has not failed, a query could wait for ever. */
  opened: Promise<void>;
  close(): Promise<void>;
}

/** The embedded database has no background workers, so the server runs its checkpoints and vacuums. */
const UPKEEP_EVERY_MS = 5 * 60_000;

/**
 * Opens PostgreSQL by URL, or the embedded database in a folder. The first query waits until it is open. The embedded one is a pool of one connection. A query outside a running transaction would wait for
 * ever, so waiting for the connection ends with an error after a time.
 */
export function openDatabase(where: { databaseUrl: string } | { folder: string }): OpenDatabase {
  return "databaseUrl" in where ? openPostgres(where.databaseUrl) : openEmbedded(where.folder);
}

function openPostgres(connectionString: string): OpenDatabase {
  const pool = new pg.Pool({ connectionString, max: 10, connectionTimeoutMillis: 5_000 });
  // The pool replaces a broken idle connection at the next query. Without a listener the event would end the process.
  pool.on("error", () => {});
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  return { db, opened: Promise.resolve(), close: () => db.destroy() };
}

function openEmbedded(folder: string): OpenDatabase {
  const path = join(folder, "database");
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const pglite = new PGlite(path);
  const opened = pglite.waitReady;
  // Without a listener a failure would end the process before somebody waits for it.
  opened.catch(() => {});
  const { db, destroy } = overPglite(pglite);
  const upkeep = setInterval(() => {
    sql`checkpoint`
      .execute(db)
      .then(() => sql`vacuum analyze`.execute(db))
      .catch(() => {});
  }, UPKEEP_EVERY_MS).unref();
  return {
    db,
    opened,
    async close() {
      clearInterval(upkeep);
      await destroy();
      await pglite.close();
    },
  };
}

/** A database that uses an open PGlite. The caller closes the PGlite after `destroy`. */
export function overPglite(pglite: PGlite): { db: Db; destroy(): Promise<void> } {
  const pool = new pg.Pool({ ...createPgConfig(pglite), max: 1, connectionTimeoutMillis: 30_000 } as pg.PoolConfig);
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  return { db, destroy: () => db.destroy() };
}
