import { sql } from "kysely";
import type { Db } from "../db/open.ts";
import type { HistoryEntry } from "./history-queries.ts";

/** A preview of a stack, also the one that `pulumi up` begins with. */
export interface Preview extends HistoryEntry {
  /** Of the stack. */
  latestVersion: number;
  requesterLogin: string | null;
  requesterName: string | null;
  /** How many there are. */
  total: number;
}

/** Previews that were created after the stack's newest update was, in the order of their time. */
export async function listPreviews(
  db: Db,
  stackId: string,
  { skip, limit, ascending }: { skip: number; limit: number; ascending: boolean },
): Promise<Preview[]> {
  const { rows } = await sql<Omit<Preview, "total"> & { total: string }>`
    select run.id, run.kind, run.status, run.version, run.message, run.environment, run.config::text as config,
      run.started_at as "startedAt", run.ended_at as "endedAt", run.resource_changes as "resourceChanges",
      null as "resourceCount", requester.login as "requesterLogin", requester.name as "requesterName",
      stack.version as "latestVersion", count(*) over () as total
    from updates run
    join stacks stack on stack.id = run.stack_id
    left join users requester on requester.id = run.requested_by
    where run.stack_id = ${stackId} and run.started_at is not null and (run.dry_run or run.kind = 'preview')
      and run.kind in ('update', 'preview') and not exists (
        select from updates newer where newer.stack_id = run.stack_id and newer.started_at is not null
          and not newer.dry_run and newer.kind <> 'preview' and newer.created_at > run.created_at
      )
    order by run.created_at ${ascending ? sql`asc` : sql`desc`}, run.id offset ${skip} limit ${limit}`.execute(db);
  return rows.map((row) => ({ ...row, total: Number(row.total) }));
}
