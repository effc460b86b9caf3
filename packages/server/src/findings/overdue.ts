import { type Severity, severities } from "@quillon/contract";
import { type RawBuilder, type SqlBool, sql } from "kysely";
import { severityRank } from "./severity.ts";

/** After how many days a finding is overdue, by its severity. Null is never. */
export type OverdueDays = Record<Severity, number | null>;

/** Of an organization that has not said otherwise. */
export const USUAL_DAYS: OverdueDays = { critical: 7, high: 30, medium: 90, low: 180 };

/**
 * Whether a finding is overdue: it has not ended, nobody has said that it may stay, and it was first seen longer ago than its severity
 * allows. One without a severity never is.
 *
 * @param row of a finding, or of findings that are alike in their times.
 */
export function isOverdue(days: OverdueDays, row: "finding" | "counted"): RawBuilder<SqlBool> {
  const of = (column: string) => sql.ref(`${row}.${column}`);
  const [isOpen, rank] =
    row === "counted"
      ? [of("is_open"), of("severity_rank")]
      : [sql`finding.ended is null and finding.status in ('open', 'in_progress')`, severityRank(of("severity"))];
  const limits = severities.flatMap((severity, index) => {
    const limit = days[severity];
    // A time that stands still is computed once, and not for each row.
    return limit === null
      ? []
      : [sql`when ${sql.lit(index + 1)} then (select now() - make_interval(days => ${limit}))`];
  });
  if (limits.length === 0) return sql`false`;
  return sql`(${isOpen} and ${of("first_seen_at")} < case ${rank} ${sql.join(limits, sql` `)} end)`;
}
