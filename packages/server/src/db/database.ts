import type { Kysely } from "kysely";
import type { Schema } from "./schema.ts";

export type Db = Kysely<Schema>;

export interface OpenDatabase {
  db: Db;
  /** Fails with the reason when the embedded database can't be opened. */
  opened: Promise<void>;
  /** What a database without background workers needs every few minutes. PostgreSQL does it itself. */
  upkeep?(): Promise<void>;
  close(): Promise<void>;
}
