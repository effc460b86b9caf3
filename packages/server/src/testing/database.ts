import { randomUUID } from "node:crypto";
import { PGlite } from "@electric-sql/pglite";
import pg from "pg";
import { overPort } from "../db/embedded.ts";
import { migrate } from "../db/migrate.ts";
import { type Db, openDatabase } from "../db/open.ts";
import { serveConnection } from "../db/pglite-connection.ts";
import { prepareJobs } from "../jobs/index.ts";
import { deliverJob } from "../notify/index.ts";

export interface TestDatabase {
  db: Db;
  close(): Promise<void>;
}

export interface Engine {
  name: string;
  /** Makes a migrated and empty database. */
  fresh(): Promise<TestDatabase>;
}

let prepared: Promise<Blob | File> | undefined;

/** A PGlite in memory. It is a copy of one that was migrated once for this test file. */
const embedded: Engine = {
  name: "PGlite",
  async fresh() {
    prepared ??= prepare();
    const pglite = await PGlite.create({ loadDataDir: await prepared });
    const { db, destroy } = inThisThread(pglite);
    return {
      db,
      async close() {
        await destroy();
        await pglite.close();
      },
    };
  },
};

/** The connection of the embedded database without its worker thread, because a thread for each test takes long to start. */
export function inThisThread(pglite: PGlite) {
  const fail = (error?: unknown) => {
    throw error ?? new Error("The embedded database does not answer.");
  };
  return overPort((port) => serveConnection(pglite, port, fail), fail);
}

async function prepare(): Promise<Blob | File> {
  const pglite = await PGlite.create();
  const { db, destroy } = inThisThread(pglite);
  await migrate(db);
  await prepareJobs(db, [deliverJob]);
  await destroy();
  const dump = await pglite.dumpDataDir("none");
  await pglite.close();
  return dump;
}

/** A new database on the PostgreSQL server that QUILLON_TEST_POSTGRES names. `close` drops it. */
function postgres(serverUrl: string): Engine {
  return {
    name: "PostgreSQL",
    async fresh() {
      const name = `quillon_${randomUUID().replaceAll("-", "")}`;
      await asAdmin(serverUrl, `create database ${name}`);
      const url = new URL(serverUrl);
      url.pathname = `/${name}`;
      const { db, close } = await openDatabase({ databaseUrl: url.href });
      await migrate(db);
      await prepareJobs(db, [deliverJob]);
      return {
        db,
        async close() {
          await close();
          await asAdmin(serverUrl, `drop database ${name} with (force)`);
        },
      };
    },
  };
}

async function asAdmin(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

const { QUILLON_TEST_POSTGRES } = process.env;

/** The engines that this run can test: PGlite, and PostgreSQL if the test runner has found one. */
export const engines: readonly Engine[] = QUILLON_TEST_POSTGRES
  ? [embedded, postgres(QUILLON_TEST_POSTGRES)]
  : [embedded];
