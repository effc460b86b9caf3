import type { ColumnType, Generated } from "kysely";

/** bigint is read as text, because it may be larger than a double can represent. */
export type Int8 = ColumnType<string, string | number | bigint, string | number | bigint>;
export type Id = Generated<string>;
export type Created = ColumnType<Date, never, never>;
export type Json<T> = ColumnType<T, string, string>;
