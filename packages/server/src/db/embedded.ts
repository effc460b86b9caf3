import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import { Kysely, PostgresDialect, sql } from "kysely";
import pg from "pg";
import { besideModule } from "../workers/beside-module.ts";
import type { Db, OpenDatabase } from "./database.ts";
import type { ForEmbedded } from "./embedded-worker.ts";
import { PortStream } from "./port-stream.ts";
import type { Schema } from "./schema.ts";

/**
 * Opens the embedded database in a worker thread. When the thread ends, because the database can't go on, the next query
 * starts another, which recovers the database as after a crash.
 */
export function openEmbedded(folder: string): OpenDatabase {
  const path = join(folder, "database");
  mkdirSync(path, { recursive: true, mode: 0o700 });
  let worker: Worker | undefined;
  const running = () => {
    if (worker) return worker;
    const started = new Worker(besideModule("embedded-worker", import.meta.url), { workerData: { folder: path } });
    started.on("error", () => {});
    started.once("exit", () => {
      if (worker === started) worker = undefined;
    });
    started.unref();
    worker = started;
    return started;
  };
  running();
  const { db, destroy } = overPort((port) => {
    running().postMessage({ connection: port } satisfies ForEmbedded, [port]);
  });
  return {
    db,
    async upkeep() {
      await sql`checkpoint`.execute(db);
      await sql`vacuum analyze`.execute(db);
    },
    async close() {
      await destroy();
      if (!worker) return;
      const exit = once(worker, "exit");
      worker.postMessage("close" satisfies ForEmbedded);
      await exit;
    },
  };
}

/**
 * A database behind a message port. It is a pool of one connection: a query outside a running transaction would wait for
 * ever, so waiting for the connection ends with an error after a time.
 *
 * @param connect gives the other end of a new connection to whoever serves it.
 */
export function overPort(connect: (port: MessagePort) => void): { db: Db; destroy(): Promise<void> } {
  const stream = () => {
    const { port1, port2 } = new MessageChannel();
    const opened = new PortStream(port1);
    connect(port2);
    return opened;
  };
  const settings = { user: "postgres", database: "postgres", max: 1, connectionTimeoutMillis: 30_000 };
  const pool = new pg.Pool({ ...settings, stream });
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  return { db, destroy: () => db.destroy() };
}
