import type { PostgresPool, PostgresPoolClient } from "kysely";
import type pg from "pg";
import { currentCaller, Seats } from "../seats.ts";
import type { Connections } from "./database.ts";
import { preparedName } from "./prepared.ts";
import { hasSqlState, SQLSTATE } from "./sqlstate.ts";

export function connectionsOf({ totalCount, idleCount, waitingCount }: pg.Pool): Connections {
  return { used: totalCount - idleCount, idle: idleCount, waiting: waitingCount };
}

/**
 * A pool of which one caller has at most a share at a time, so that slow queries of one caller do not keep out all others.
 * What is nobody's is not bounded.
 *
 * @param share how many connections one caller may have.
 */
export function shared(pool: pg.Pool, share: number): PostgresPool {
  const seats = new Seats(Number.POSITIVE_INFINITY, share);
  const held = new WeakMap<PostgresPoolClient, () => void>();
  pool.on("release", (_, client) => {
    held.get(client)?.();
    held.delete(client);
  });
  return {
    async connect() {
      const caller = currentCaller();
      if (!caller) return preparing(await pool.connect());
      const leave = await seats.enter(caller);
      try {
        const client = await pool.connect();
        held.set(client, leave);
        return preparing(client);
      } catch (error) {
        leave();
        throw error;
      }
    },
    end: () => pool.end(),
  };
}

/**
 * A connection on which statements with `prepared` have a name. After it has refused to write it is not used again: the primary
 * may have become a standby, and another connection finds the new one.
 */
function preparing(client: pg.PoolClient): PostgresPoolClient {
  let onlyReads = false;
  const query = async (text: string, values: unknown[]) => {
    const name = preparedName(text);
    try {
      return await client.query(name === undefined ? text : { name, text }, values);
    } catch (error) {
      onlyReads ||= hasSqlState(error, SQLSTATE.readOnly);
      throw error;
    }
  };
  return { query, release: () => client.release(onlyReads) } as unknown as PostgresPoolClient;
}
