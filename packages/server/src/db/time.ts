import { type RawBuilder, sql } from "kysely";

/** The database's time. Unlike `now()`, which is the start of the transaction, it advances during one. */
export const NOW = sql<Date>`clock_timestamp()`;

export function inSeconds(seconds: number): RawBuilder<Date> {
  return sql<Date>`clock_timestamp() + make_interval(secs => ${seconds})`;
}

export function secondsAgo(seconds: number): RawBuilder<Date> {
  return inSeconds(-seconds);
}

export function daysAgo(days: number): RawBuilder<Date> {
  return sql<Date>`clock_timestamp() - make_interval(days => ${days})`;
}
