import { randomBytes } from "node:crypto";
import { findPostgres, type Postgres, startPostgres } from "../../tools/postgres.ts";
import { Server } from "../harness/server.ts";
import { openWorld, type World } from "../harness/world.ts";

/** A server, or two of them on one PostgreSQL, which is theirs alone. */
export interface FaultWorld {
  world: World;
  servers: Server[];
  token: string;
  postgres?: Postgres;
  close(): Promise<void>;
}

/** One person's token is used by all clients, which send more than one person does. */
const settings = { QUILLON_RATE_LIMIT: "1000000" };

/**
 * @param env more environment variables for the server.
 * @param data its folder, if it is not a new one.
 */
export async function openEmbedded(env: Record<string, string> = {}, data?: string): Promise<FaultWorld> {
  const world = await openWorld({ ...settings, ...env }, data);
  return { world, servers: [world.server], token: world.adminToken, close: () => world.close() };
}

export const postgresPrograms = findPostgres();

/** @param env more environment variables for PostgreSQL. */
export async function openReplicas(env: Record<string, string> = {}): Promise<FaultWorld & { postgres: Postgres }> {
  const postgres = await startPostgres(postgresPrograms ?? "", env);
  let world: World | undefined;
  let second: Server | undefined;
  const close = async () => {
    await second?.kill();
    await world?.close();
    await postgres.stop();
  };
  try {
    const key = randomBytes(32).toString("base64");
    world = await openWorld({ ...settings, QUILLON_DATABASE_URL: postgres.url, QUILLON_MASTER_KEY: key });
    second = new Server(world.server.dataDir, world.server.env);
    await second.start();
    return { world, servers: [world.server, second], token: world.adminToken, postgres, close };
  } catch (error) {
    await close();
    throw error;
  }
}
