import { sql } from "kysely";
import type { Db } from "../db/open.ts";
import type { PolicyCounts } from "./report-queries.ts";

/** What policies reported in one run, counted for a list of runs. */
export interface RunResults {
  mandatory: number;
  advisory: number;
  excepted: number;
  remediated: number;
  /** There are more: only the first reports were counted. */
  more: boolean;
}

/** In reports, of each run. A list needs no exact number above it. */
const COUNTED = 1000;

/** Of each of these runs, by its id. Those of a compacted run are what was counted when it was. */
export async function countRunResults(db: Db, ids: readonly string[]): Promise<Map<string, RunResults>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql<RunResults & { id: string; compacted: PolicyCounts[] | null }>`
    select run.id, counts.policies as compacted, counted.*
    from unnest(${[...ids]}::uuid[]) as run (id)
    left join run_counts counts on counts.update_id = run.id
    cross join lateral (
      select count(*) filter (where kind = 'violated' and level = 'mandatory' and not excepted)::int as mandatory,
        count(*) filter (where kind = 'violated' and level <> 'mandatory' and not excepted)::int as advisory,
        count(*) filter (where excepted)::int as excepted,
        count(*) filter (where kind = 'remediated')::int as remediated,
        coalesce(sum(reports), 0) >= ${COUNTED} as more
      from (
        select kind, max(level) as level, bool_and(exceptions is not null) as excepted, count(*) as reports
        from (
          select kind, pack, tag, policy, urn, level, exceptions from policy_reports
          where update_id = run.id order by sequence limit ${COUNTED}
        ) as first
        group by pack, tag, policy, urn, kind
      ) as results
    ) as counted`.execute(db);
  return new Map(rows.map(({ id, compacted, ...counted }) => [id, compacted ? sumOf(compacted) : counted]));
}

function sumOf(policies: readonly PolicyCounts[]): RunResults {
  const sum = { mandatory: 0, advisory: 0, excepted: 0, remediated: 0, more: false };
  for (const { mandatory, advisory, excepted = 0, remediated } of policies) {
    sum.mandatory += mandatory;
    sum.advisory += advisory;
    sum.excepted += excepted;
    sum.remediated += remediated;
  }
  return sum;
}
