import { type Severity, severities } from "@quillon/contract";
import { type RawBuilder, type SqlBool, sql } from "kysely";

/** After how many days a finding is overdue, by its severity. Null is never. */
export type OverdueDays = Record<Severity, number | null>;

/** Of an organization that has not said otherwise. */
export const USUAL_DAYS: OverdueDays = { critical: 7, high: 30, medium: 90, low: 180 };

/**
 * Whether a finding is overdue: it has not ended, nobody has said that it may stay, and it was first seen longer ago than its severity
 * allows. One without a severity never is.
 */
export function isOverdue(days: OverdueDays): RawBuilder<SqlBool> {
  const limits = limitsOf(days);
  return limits.length > 0 ? sql<SqlBool>`(${sql.join(limits, sql` or `)})` : sql<SqlBool>`false`;
}

/** How many findings that `those` allows are overdue, by severity. Each severity is counted by itself, in an index. */
export function countOverdue(days: OverdueDays, those: RawBuilder<unknown>): RawBuilder<unknown> {
  const counts = limitsOf(days).map(
    (limit) =>
      sql`select severity, count(*)::int as overdue from findings finding where ${those} and ${limit} group by 1`,
  );
  return counts.length > 0
    ? sql.join(counts, sql` union all `)
    : sql`select null::text as severity, 0 as overdue where false`;
}

/** The database must see the words, and a time that stands still, to find the index. */
const limitsOf = (days: OverdueDays) =>
  severities.flatMap((severity) => {
    const limit = days[severity];
    if (limit === null) return [];
    return [
      sql`(finding.ended is null and finding.status in ('open', 'in_progress') and finding.severity = ${sql.lit(severity)}
        and finding.first_seen_at < now() - make_interval(days => ${limit}))`,
    ];
  });
