import type { Kysely } from "kysely";
import type { Schema } from "./schema.ts";

export type Db = Kysely<Schema>;

/** How many there are, and how many queries and transactions wait for one. */
export interface Connections {
  used: number;
  idle: number;
  waiting: number;
}

export interface OpenDatabase {
  db: Db;
  /** Fails with the reason when the embedded database can't be opened. */
  opened: Promise<void>;
  /** What a database without background workers needs every few minutes. PostgreSQL does it itself. */
  upkeep?(): Promise<void>;
  connections(): Connections;
  close(): Promise<void>;
}
