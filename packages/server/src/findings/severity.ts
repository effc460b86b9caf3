import { severities } from "@quillon/contract";
import { type Expression, type RawBuilder, sql } from "kysely";

const known = sql`array[${sql.join(severities.map((severity) => sql.lit(severity)))}]`;

/** `rankOfSeverity` in SQL. */
export function severityRank(severity: Expression<unknown>): RawBuilder<number> {
  return sql`coalesce(array_position(${known}, ${severity}), 0)`;
}

/** The severity of a rank in SQL: null for 0. */
export function severityOf(rank: Expression<unknown>): RawBuilder<string | null> {
  return sql`(${known})[${rank}]`;
}

/** The worst severity of some rows in SQL. When none of them is known, one of their words. */
export function worstSeverity(severity: Expression<unknown>): RawBuilder<string> {
  return sql`coalesce(${severityOf(sql`max(${severityRank(severity)})`)}, max(${severity}))`;
}

/** In SQL: each rank of a severity, as `rank`. */
export const eachRank = sql`unnest('{4,3,2,1,0}'::smallint[]) as each (rank)`;
