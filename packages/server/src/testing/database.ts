import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import pg from "pg";
import { overPort } from "../db/embedded.ts";
import { type Db, openDatabase } from "../db/open.ts";
import { serveConnection } from "../db/pglite-connection.ts";
import { keyFile, makeKeyFile } from "../master-key.ts";
import { cached, prepare, preparedDigest } from "./prepared.ts";

export interface TestDatabase {
  db: Db;
  close(): Promise<void>;
}

export interface Engine {
  name: string;
  /** Makes a migrated and empty database. */
  fresh(): Promise<TestDatabase>;
}

let dump: Promise<Blob> | undefined;

/** Of 128 MB by default, which each start fills with zeros: a third of its processor time. */
const startParams = [...PGlite.defaultStartParams, "-c", "shared_buffers=16MB"];

/** A PGlite in memory. It is a copy of one that was prepared once, because that takes ten times as long. */
const embedded: Engine = {
  name: "PGlite",
  async fresh() {
    dump ??= preparedDump();
    const pglite = await PGlite.create({ loadDataDir: await dump, startParams });
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

/** Fills an empty folder with the files of a migrated and empty PGlite. */
export async function makeDatabaseFolder(folder: string): Promise<void> {
  const pglite = await PGlite.create(folder, { loadDataDir: await preparedDump() });
  await pglite.close();
}

/** Makes a data folder that a server starts on as on a new one, for tests that are not about its first start, most of whose time this takes. */
export async function makeDataFolder(data: string): Promise<void> {
  await mkdir(data, { recursive: true });
  await makeDatabaseFolder(join(data, "database"));
  await makeKeyFile(keyFile(data));
}

async function preparedDump(): Promise<Blob> {
  return cached(`${await preparedDigest()}.tar`, makeDump);
}

/** A PGlite in memory as it is made, without a table. */
export async function emptyPglite(): Promise<PGlite> {
  const made = async () => {
    const pglite = await PGlite.create();
    const dumped = await pglite.dumpDataDir("none");
    await pglite.close();
    return dumped;
  };
  return PGlite.create({ loadDataDir: await cached(`empty-${await preparedDigest()}.tar`, made), startParams });
}

async function makeDump(): Promise<Blob> {
  const pglite = await emptyPglite();
  const { db, destroy } = inThisThread(pglite);
  await prepare(db);
  await destroy();
  const made = await pglite.dumpDataDir("none");
  await pglite.close();
  return made;
}

/** A new database on the PostgreSQL server that QUILLON_TEST_POSTGRES names, a copy of its template. `close` drops it. */
function postgres(serverUrl: string): Engine {
  let template: Promise<string> | undefined;
  return {
    name: "PostgreSQL",
    async fresh() {
      template ??= makeTemplate(serverUrl);
      const name = `quillon_${randomUUID().replaceAll("-", "")}`;
      await asAdmin(serverUrl, `create database ${name} template ${await template}`);
      const { db, close } = await openDatabase({ databaseUrl: urlOf(serverUrl, name) });
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

/** Makes the server's template, when no test file has made it yet. @returns its name */
async function makeTemplate(serverUrl: string): Promise<string> {
  const name = `quillon_template_${await preparedDigest()}`;
  const unfinished = `quillon_${randomUUID().replaceAll("-", "")}`;
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query("select pg_advisory_lock(hashtext('quillon test template'))");
    const { rowCount } = await client.query("select from pg_database where datname = $1", [name]);
    if (rowCount) return name;
    await client.query(`create database ${unfinished}`);
    const { db, close } = await openDatabase({ databaseUrl: urlOf(serverUrl, unfinished) });
    await prepare(db).finally(close);
    await client.query(`alter database ${unfinished} rename to ${name}`);
    return name;
  } finally {
    await client.end();
  }
}

function urlOf(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.href;
}

async function asAdmin(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

const { QUILLON_TEST_POSTGRES, QUILLON_TEST_ENGINES } = process.env;

/** PGlite, and PostgreSQL if the test runner has found one. */
export const allEngines: readonly Engine[] = [
  embedded,
  ...(QUILLON_TEST_POSTGRES ? [postgres(QUILLON_TEST_POSTGRES)] : []),
];

/**
 * The engines that this run tests. `QUILLON_TEST_ENGINES` is one of `embedded` and `postgresql`, and leaves the other out of the
 * tests that run once on each engine.
 */
export const engines: readonly Engine[] = QUILLON_TEST_POSTGRES
  ? allEngines.filter((engine) => QUILLON_TEST_ENGINES !== (engine === embedded ? "postgresql" : "embedded"))
  : allEngines;
