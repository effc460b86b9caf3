import { CompiledQuery, sql } from "kysely";
import PgBoss from "pg-boss";
import type { Db } from "../db/open.ts";

/** In seconds: how often lost jobs are found and old ones removed. */
const MAINTENANCE = 60;

type Executor = (text: string, values?: unknown[]) => Promise<{ rows: unknown[] }>;

/** pg-boss on a connection of ours instead of a pool of its own: the embedded database has only one connection. */
export function newBoss(executeSql: Executor, maintenance = MAINTENANCE): PgBoss {
  return new PgBoss({
    // Its types ask for the rows as `any`.
    db: { executeSql: executeSql as PgBoss.Db["executeSql"] },
    schedule: false,
    maintenanceIntervalSeconds: maintenance,
    archiveCompletedAfterSeconds: 3600,
    deleteAfterHours: 24,
  });
}

/** Runs statements of pg-boss in the transaction, or on any connection when `db` is none. */
export function executorOf(db: Db): Executor {
  return (text, values = []) => db.executeQuery(CompiledQuery.raw(text, values));
}

/**
 * As `executorOf`, for statements outside of our transactions. Some of pg-boss are transactions of their own in one text. When
 * one fails, its connection would stay in it.
 */
export function ownExecutorOf(db: Db): Executor {
  return (text, values = []) =>
    db.connection().execute(async (connection) => {
      try {
        return await connection.executeQuery(CompiledQuery.raw(text, values));
      } catch (error) {
        if (/^\s*begin/i.test(text)) await sql`rollback`.execute(connection).catch(() => {});
        throw error;
      }
    });
}
