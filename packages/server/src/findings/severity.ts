import { type Expression, type RawBuilder, sql } from "kysely";

/** The severities that Pulumi knows, the least first. A policy may have another word or none, which is below all of them. */
const KNOWN = ["low", "medium", "high", "critical"];
const known = sql`array['low', 'medium', 'high', 'critical']`;

/** 1 for `low` to 4 for `critical`, or 0. */
export function rankOf(severity: string | null): number {
  return KNOWN.indexOf(severity ?? "") + 1;
}

/** `rankOf` in SQL. */
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
