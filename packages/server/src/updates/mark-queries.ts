import { sql } from "kysely";
import type { Db } from "../db/open.ts";

/** The runs of a stack as they are now: a text for each part, which is another one after a change. */
export type StackMark = ReadonlyMap<string, string>;

/** In runs, the newest: as many as the console lists at first. */
const RUNS = 20;
/**
 * In events. One that comes late has its place among so many, because the CLI has three batches of 50 on their way at most:
 * https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/backend/httpstate/state.go#L299
 */
const NEWEST = 200;

/** Of each of these stacks, by its id. One that is removed has none. */
export async function readStackMarks(db: Db, stackIds: readonly string[]): Promise<Map<string, StackMark>> {
  const { rows } = await sql<MarkRow>`
    select stack.id as "stackId", stack.project || '/' || stack.name as name, run.id, run.progress, told.events
    from stacks stack
    left join lateral (
      select id, status, concat_ws(' ', status, settled, receipted) as progress
      from updates where stack_id = stack.id and started_at is not null
      order by created_at desc limit ${RUNS}
    ) run on true
    left join lateral (
      select sum(sequence + 1) as events
      from (
        select sequence from engine_events where update_id = run.id and run.status = 'running'
        order by sequence desc limit ${NEWEST}
      ) newest
    ) told on true
    where stack.id = any(${[...stackIds]}::uuid[])`.execute(db);
  const marks = new Map<string, Map<string, string>>();
  for (const { stackId, name, id, progress, events } of rows) {
    const mark = marks.get(stackId) ?? new Map([["stack", name]]);
    marks.set(stackId, mark);
    if (id === null) continue;
    mark.set(`run ${id}`, progress ?? "");
    if (events !== null) mark.set(`events ${id}`, events);
  }
  return marks;
}

interface MarkRow {
  stackId: string;
  name: string;
  id: string | null;
  progress: string | null;
  /** Grows with each event of a run that goes on. */
  events: string | null;
}
