import { type Severity, severities } from "@quillon/contract";
import { type RawBuilder, type SqlBool, sql } from "kysely";
import { severityRank } from "./severity.ts";

/** After how many days a finding is overdue, by its severity. Null is never. */
export type OverdueDays = Record<Severity, number | null>;

/** A finding that was first seen before this time is overdue, as the database writes a time. Null is never. */
export type OverdueTimes = Record<Severity, string | null>;

/** Of an organization that has not said otherwise. */
export const USUAL_DAYS: OverdueDays = { critical: 7, high: 30, medium: 90, low: 180 };

const limitsOf = (times: OverdueTimes) =>
  severities.flatMap((severity, index) => {
    const time = times[severity];
    return time === null ? [] : [{ rank: sql.lit(index + 1), limit: sql`${time}::timestamptz` }];
  });

/**
 * Whether a finding is overdue: it has not ended, nobody has said that it may stay, and it was first seen longer ago than its severity
 * allows. One without a severity never is.
 *
 * @param row of a finding, or of findings that are alike in their times.
 */
export function isOverdue(times: OverdueTimes, row: "finding" | "counted"): RawBuilder<SqlBool> {
  const of = (column: string) => sql.ref(`${row}.${column}`);
  const [isOpen, rankOf] =
    row === "counted"
      ? [of("is_open"), of("severity_rank")]
      : [sql`finding.ended is null and finding.status in ('open', 'in_progress')`, severityRank(of("severity"))];
  const limits = limitsOf(times).map(({ rank, limit }) => sql`when ${rank} then ${limit}`);
  if (limits.length === 0) return sql`false`;
  return sql`(${isOpen} and ${of("first_seen_at")} < case ${rankOf} ${sql.join(limits, sql` `)} end)`;
}

/** The rows of `finding_times` that are overdue. Those of each severity are found by an index, the worst first, as most lists begin. */
export function overdueTimes(times: OverdueTimes): RawBuilder<unknown> {
  const each = limitsOf(times)
    .toReversed()
    .map(
      ({ rank, limit }) =>
        sql`select * from finding_times where not closed and is_open and severity_rank = ${rank} and first_seen_at < ${limit}`,
    );
  return each.length === 0 ? sql`select * from finding_times where false` : sql.join(each, sql` union all `);
}
