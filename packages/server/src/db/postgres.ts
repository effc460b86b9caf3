import type { Socket } from "node:net";
import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import { answered, NoAnswer } from "./answered.ts";
import type { OpenDatabase } from "./database.ts";
import type { Schema } from "./schema.ts";
import { connectionsOf, shared } from "./shares.ts";

const PROBE_EVERY_MS = 1_000;
/** A database that has not answered `select 1` after this time does not answer anything else either. */
const PROBE_TIMEOUT_MS = 3_000;

/** Connections. */
const MOST = 10;
/** Of them, those of one caller. */
const SHARE = 4;

/** PostgreSQL guesses high how much a list of readable stacks costs, and then compiles it for longer than it runs. */
const OPTIONS = "-c jit=off";

/** No statement of a request takes a minute, except one that waits for something that does not end. */
const STATEMENT_TIMEOUT_MS = 60_000;

/** When the server ends. What a transaction would store is as lost then as when the server is killed. */
const LAST_TRANSACTIONS_MS = 10_000;

/**
 * A pool of connections to PostgreSQL. Each wait for it is bounded: for a connection, a statement, or a frozen database.
 *
 * @param options.lastMs how long the transactions that run may take when it is closed. Not a setting: tests use a shorter time.
 */
export function openPostgres(connectionString: string, { lastMs = LAST_TRANSACTIONS_MS } = {}): OpenDatabase {
  const pool = new pg.Pool({
    connectionString,
    max: MOST,
    connectionTimeoutMillis: 5_000,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
    options: OPTIONS,
  });
  const clients = new Set<pg.PoolClient>();
  // A connection that breaks fails its query, and the pool makes another for the next one. Without a listener the event
  // would also end the process: the pool listens to idle connections, and nobody to one between two queries of a
  // transaction.
  pool.on("error", () => {});
  pool.on("connect", (client) => {
    client.on("error", () => {});
    clients.add(client);
  });
  pool.on("remove", (client) => clients.delete(client));
  const stopProbing = probe(connectionString, () => {
    const error = new Error(`The database did not answer for ${PROBE_TIMEOUT_MS / 1000} seconds.`);
    for (const client of clients) disconnect(client, Object.assign(error, { code: "ETIMEDOUT" }));
  });
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool: shared(pool, SHARE) }) });
  return {
    db,
    opened: Promise.resolve(),
    connections: () => connectionsOf(pool),
    async close() {
      await stopProbing();
      await answered(db.destroy(), lastMs).catch((error: Error) => {
        for (const client of clients) disconnect(client, error);
      });
      // The pool does not wait until they are closed. A frozen database closes none.
      for (const client of clients) streamOf(client).unref();
    },
  };
}

/**
 * Asks the database every second, on a connection of its own, whether it answers at all. A frozen database keeps its
 * connections open, so queries that run on them would wait for it without end.
 *
 * @param frozen is called when there is no answer in time.
 * @returns ends it.
 */
function probe(connectionString: string, frozen: () => void): () => Promise<void> {
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const ask = async () => {
    try {
      client ??= await connect(connectionString);
      await answered(client.query("select 1"), PROBE_TIMEOUT_MS);
    } catch (error) {
      if (client) disconnect(client, error as Error);
      client = undefined;
      if (error instanceof NoAnswer) frozen();
    }
    if (!stopped) timer = setTimeout(next, PROBE_EVERY_MS).unref();
  };
  let asking = Promise.resolve();
  const next = () => {
    asking = ask();
  };
  timer = setTimeout(next, PROBE_EVERY_MS).unref();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await asking;
    const last = client;
    if (last) await answered(last.end(), PROBE_TIMEOUT_MS).catch((error: Error) => disconnect(last, error));
  };
}

async function connect(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString });
  client.on("error", () => {});
  try {
    await answered(client.connect(), PROBE_TIMEOUT_MS);
    return client;
  } catch (error) {
    disconnect(client, error as Error);
    throw error;
  }
}

/** Unlike `end`, it does not wait for the database. */
function disconnect(client: pg.ClientBase, error: Error): void {
  streamOf(client).destroy(error);
}

/** pg has no public way to it. */
function streamOf(client: pg.ClientBase): Socket {
  return (client as unknown as { connection: { stream: Socket } }).connection.stream;
}
