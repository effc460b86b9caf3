import type { Kysely } from "kysely";
import type { Schema } from "./schema.ts";

export type Db = Kysely<Schema>;

export interface OpenDatabase {
  db: Db;
  /** What a database without background workers needs every few minutes. PostgreSQL does it itself. */
  upkeep?(): Promise<void>;
  close(): Promise<void>;
}
