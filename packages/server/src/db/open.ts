import type { OpenDatabase } from "./database.ts";
import { openEmbedded } from "./embedded.ts";
import { openPostgres } from "./postgres.ts";

export type { Connections, Db, OpenDatabase } from "./database.ts";

/**
 * Opens PostgreSQL by URL, or the embedded database in a folder. The first query waits until it is open, and fails when
 * it can't be opened. A connection that is lost fails the query that runs on it and nothing else, and the next query gets
 * a new one.
 */
export function openDatabase(where: { databaseUrl: string } | { folder: string }): OpenDatabase {
  return "databaseUrl" in where ? openPostgres(where.databaseUrl) : openEmbedded(where.folder);
}
