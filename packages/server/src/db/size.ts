import { sql } from "kysely";
import type { Db } from "./open.ts";

/** Of PostgreSQL, also where it is embedded. */
export async function readVersion(db: Db): Promise<string> {
  const { rows } = await sql<{ version: string }>`select current_setting('server_version') as version`.execute(db);
  // Distributions add their own after it.
  return rows[0]?.version.split(" ")[0] ?? "";
}

/** In bytes, with indexes. The database adds the sizes of its files, so this does not depend on how much is in them. */
export async function readSize(db: Db): Promise<number> {
  const { rows } = await sql<{ bytes: string }>`select pg_database_size(current_database()) as bytes`.execute(db);
  return Number(rows[0]?.bytes ?? 0);
}
