import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { MessageChannel, type MessagePort } from "node:worker_threads";
import { Kysely, PostgresDialect, sql } from "kysely";
import pg from "pg";
import type { Connections, Db, OpenDatabase } from "./database.ts";
import { EmbeddedThread } from "./embedded-thread.ts";
import { PortStream } from "./port-stream.ts";
import type { Schema } from "./schema.ts";
import { connectionsOf, shared } from "./shares.ts";
import { hasSqlState, SQLSTATE } from "./sqlstate.ts";

/** Even a vacuum takes less. A database that is damaged or whose disk is full may never answer. */
const PATIENCE_MS = 120_000;

/**
 * Opens the embedded database in a worker thread. When the thread ends, because the database can't go on, the next query
 * starts another, which recovers the database as after a crash.
 */
export function openEmbedded(folder: string): OpenDatabase {
  const path = join(folder, "database");
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const thread = new EmbeddedThread(path);
  const { db, connections, destroy } = overPort(
    (port) => void thread.connect(port),
    () => thread.abandon(),
  );
  return {
    db,
    opened: thread.opened,
    connections,
    upkeep: () => upkeep(db),
    async close() {
      await destroy();
      await thread.close();
    },
  };
}

/** Does for the database what PostgreSQL's autovacuum does, one table after the other, so that others have their turn between two. */
async function upkeep(db: Db): Promise<void> {
  await sql`checkpoint`.execute(db);
  const { rows } = await sql<{ name: string; isToast: boolean }>`
    select oid::regclass::text as name, relkind = 't' as "isToast" from pg_class
    where relkind in ('r', 'm', 't') and relpersistence = 'p' order by oid`.execute(db);
  for (const { name, isToast } of rows) {
    const how = isToast ? sql`` : sql`(process_toast false, analyze)`;
    try {
      await sql`vacuum ${how} ${sql.raw(name)}`.execute(db);
    } catch (error) {
      if (!hasSqlState(error, SQLSTATE.undefinedTable)) throw error;
    }
  }
}

/**
 * A database behind a message port. It is a pool of one connection: a query outside a running transaction would wait for
 * ever, so waiting for the connection ends with an error after a time.
 *
 * @param connect gives the other end of a new connection to whoever serves it.
 * @param lost is called when it does not answer.
 */
export function overPort(
  connect: (port: MessagePort) => void,
  lost: () => void,
): { db: Db; connections(): Connections; destroy(): Promise<void> } {
  const stream = () => {
    const { port1, port2 } = new MessageChannel();
    const opened = new PortStream(port1, { ms: PATIENCE_MS, lost });
    connect(port2);
    return opened;
  };
  const settings = {
    user: "postgres",
    database: "postgres",
    max: 1,
    connectionTimeoutMillis: 30_000,
    idleTimeoutMillis: 0,
  };
  const pool = new pg.Pool({ ...settings, stream });
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool: shared(pool, 1) }) });
  return { db, connections: () => connectionsOf(pool), destroy: () => db.destroy() };
}
