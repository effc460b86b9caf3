import { type RawBuilder, type SqlBool, sql } from "kysely";
import { daysAgo } from "../db/time.ts";

/** What has come, or has come back, in the last seven days. */
export type RecentKind = "new" | "reopened";

const DAYS = 7;
const since = daysAgo(DAYS);

/**
 * Whether a finding is recent. When one that came back was triaged later, nothing tells any more when it came back. Then somebody knows
 * of it.
 */
export function isRecent(kind: RecentKind): RawBuilder<SqlBool> {
  if (kind === "new") return sql`finding.first_seen_at >= ${since}`;
  return sql`(finding.reopened > 0 and finding.modified_at >= ${since}
    and finding.modified_at is distinct from finding.triaged_at)`;
}

/** Whether some findings that are counted together may be recent: what is new or has come back was modified then. */
export const mayBeRecent = sql<SqlBool>`counted.last_modified_at >= ${since}`;
