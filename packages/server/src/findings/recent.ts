import { type RawBuilder, type SqlBool, sql } from "kysely";

/** What has come, or has come back, in the last seven days. */
export type RecentKind = "new" | "reopened";

/** A time that stands still is computed once, and not for each row. */
const since = sql`(select now() - make_interval(days => 7))`;

/** @param row of a finding, or of findings that are alike in their times. */
export function isRecent(kind: RecentKind, row: "finding" | "counted"): RawBuilder<SqlBool> {
  const of = (column: string) => sql.ref(`${row}.${column}`);
  if (kind === "new") return sql`${of("first_seen_at")} >= ${since}`;
  const cameBack =
    row === "counted" ? of("came_back") : sql`came_back(${of("reopened")}, ${of("modified_at")}, ${of("triaged_at")})`;
  return sql`(${cameBack} and ${of("modified_at")} >= ${since})`;
}
