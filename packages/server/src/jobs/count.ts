import { sql } from "kysely";
import type { Db } from "../db/open.ts";
import type { Job } from "./job.ts";

export interface JobCount {
  job: string;
  state: "waiting" | "running" | "failed";
  count: number;
}

/** How many jobs of these kinds there are, but for those that are done. A failed one is kept for a time. */
export async function countJobs(db: Db, jobs: readonly Pick<Job<never>, "name">[]): Promise<JobCount[]> {
  const { rows } = await sql<JobCount>`
    select name as job, count(*)::int as count,
      case state when 'active' then 'running' when 'failed' then 'failed' else 'waiting' end as state
    from pgboss.job
    where name = any(${jobs.map(({ name }) => name)}) and state in ('created', 'retry', 'active', 'failed')
    group by 1, 3`.execute(db);
  return rows;
}
