import { type RawBuilder, type SqlBool, sql } from "kysely";

/** What has come, or has come back, in the last seven days. */
export type RecentKind = "new" | "reopened";

export const RECENT_DAYS = 7;

export interface Recent {
  kind: RecentKind;
  /** As the database writes a time. */
  since: string;
}

/** @param row of a finding, or of findings that are alike in their times. */
export function isRecent({ kind, since }: Recent, row: "finding" | "counted"): RawBuilder<SqlBool> {
  const of = (column: string) => sql.ref(`${row}.${column}`);
  const isSince = (column: string) => sql<SqlBool>`${of(column)} >= ${since}::timestamptz`;
  if (kind === "new") {
    const isNew = isSince("first_seen_at");
    // All ranks, because an index has the counts of each by their first time.
    return row === "counted" ? sql`(${of("severity_rank")} = any('{0,1,2,3,4}'::smallint[]) and ${isNew})` : isNew;
  }
  const cameBack =
    row === "counted" ? of("came_back") : sql`came_back(${of("reopened")}, ${of("modified_at")}, ${of("triaged_at")})`;
  return sql`(${cameBack} and ${isSince("modified_at")})`;
}

/**
 * Whether findings that are alike in their times are new and of a rank of severity. For each rank by itself the database asks an index, and
 * for all of them together it may read the findings of all organizations, because it expects about the same of both.
 */
export const isNewOfRank = ({ since }: Recent, rank: RawBuilder<unknown>) =>
  sql<SqlBool>`counted.severity_rank = ${rank} and counted.first_seen_at >= ${since}::timestamptz`;
