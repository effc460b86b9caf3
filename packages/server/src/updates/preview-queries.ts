import { sql } from "kysely";
import type { Db } from "../db/open.ts";
import type { HistoryEntry } from "./history-queries.ts";

/** A preview of a stack, also the one that `pulumi up` begins with. */
export interface Preview extends HistoryEntry {
  /** Of the stack. */
  latestVersion: number;
  requesterLogin: string | null;
  requesterName: string | null;
}

/** Which previews were created after the stack's newest update was, in the order of their time, and how many there are in all. */
export async function listPreviewIds(
  db: Db,
  stackId: string,
  { skip, limit, ascending }: { skip: number; limit: number; ascending: boolean },
): Promise<{ ids: string[]; total: number }> {
  const { rows } = await sql<{ id: string; total: string }>`
    select run.id, count(*) over () as total
    from updates run
    where run.stack_id = ${stackId} and run.started_at is not null and (run.dry_run or run.kind = 'preview')
      and run.kind in ('update', 'preview') and not exists (
        select from updates newer where newer.stack_id = run.stack_id and newer.started_at is not null
          and not newer.dry_run and newer.kind <> 'preview' and newer.created_at > run.created_at
      )
    order by run.created_at ${ascending ? sql`asc` : sql`desc`}, run.id offset ${skip} limit ${limit}`.execute(db);
  return { ids: rows.map(({ id }) => id), total: Number(rows[0]?.total ?? 0) };
}

/** A preview, unless it was removed meanwhile. Its configuration can be as large as a body, so only one is read at once. */
export async function findPreview(db: Db, id: string): Promise<Preview | undefined> {
  const { rows } = await sql<Preview>`
    select run.id, run.kind, run.status, run.version, run.message, run.environment, run.config::text as config,
      run.started_at as "startedAt", run.ended_at as "endedAt", run.resource_changes as "resourceChanges",
      null as "resourceCount", requester.login as "requesterLogin", requester.name as "requesterName",
      stack.version as "latestVersion"
    from updates run
    join stacks stack on stack.id = run.stack_id
    left join users requester on requester.id = run.requested_by
    where run.id = ${id}::uuid`.execute(db);
  return rows[0];
}
