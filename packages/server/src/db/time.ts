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

/** A time as text: microseconds since 1970, which a Date does not have. For continuation tokens. */
export function microsecondsOf(time: RawBuilder<unknown>): RawBuilder<string> {
  return sql<string>`(extract(epoch from ${time}) * 1000000)::bigint::text`;
}

/** The other way round. */
export function atMicroseconds(text: string): RawBuilder<Date> {
  return sql<Date>`(timestamptz 'epoch' + ${text}::bigint * interval '1 microsecond')`;
}
