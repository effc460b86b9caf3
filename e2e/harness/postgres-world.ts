import { randomBytes } from "node:crypto";
import pg from "pg";
import { openWorld, type World } from "./world.ts";

const superuser = process.env.QUILLON_TEST_POSTGRES;

/** The tests of PostgreSQL need one: QUILLON_TEST_POSTGRES. */
export const hasPostgres = Boolean(superuser);

export interface PostgresWorld extends World {
  databaseUrl: string;
  /** Runs a statement in the server's database. */
  query(text: string): Promise<pg.QueryResultRow[]>;
}

/** A world whose server is on a PostgreSQL database of its own. @param settings more environment variables for the server. */
export async function openPostgresWorld(settings: Record<string, string> = {}): Promise<PostgresWorld> {
  const name = `quillon_e2e_${randomBytes(6).toString("hex")}`;
  const database = new URL(superuser ?? "");
  database.pathname = name;
  await query(superuser ?? "", `create database ${name}`);
  const drop = () => query(superuser ?? "", `drop database if exists ${name} with (force)`);
  const world = await openWorld({
    QUILLON_DATABASE_URL: database.href,
    QUILLON_MASTER_KEY: randomBytes(32).toString("base64"),
    ...settings,
  }).catch(async (error: unknown) => {
    await drop();
    throw error;
  });
  return {
    ...world,
    databaseUrl: database.href,
    query: (text) => query(database.href, text),
    async close() {
      await world.close();
      await drop();
    },
  };
}

async function query(connectionString: string, text: string): Promise<pg.QueryResultRow[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}
