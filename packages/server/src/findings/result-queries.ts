import { type RawBuilder, sql } from "kysely";
import type { Results } from "./fold.ts";

/**
 * Common table expressions that record what events say, for the statement that stores the events. They take the events that
 * are new, with their update, from its table `recorded`.
 */
export function recordingOf({ reports, analyses, steps }: Results): RawBuilder<unknown>[] {
  const recording: RawBuilder<unknown>[] = [];
  if (reports.length > 0)
    recording.push(sql`reported as (
      insert into policy_reports (update_id, sequence, kind, pack, tag, policy, urn, level, severity, message, exceptions)
      select update_id, sequence, kind, pack, tag, policy, urn, level, severity, message, ${texts("exceptions")}
      from ${json(reports)} as report (
        sequence bigint, kind text, pack text, tag text, policy text, urn text, level text, severity text, message text,
        exceptions json
      ) join recorded using (sequence)
    )`);
  if (analyses.length > 0)
    recording.push(sql`analyzed as (
      insert into policy_analyses (update_id, sequence, pack, tag, urn, passed, failed)
      select update_id, sequence, pack, tag, urn, ${texts("passed")}, ${texts("failed")}
      from ${json(analyses)} as analysis (sequence bigint, pack text, tag text, urn text, passed json, failed json)
      join recorded using (sequence)
    )`);
  if (steps.length > 0)
    recording.push(sql`stepped as (
      insert into resource_steps (update_id, sequence, urn, was, kind, parent)
      select update_id, sequence, urn, was, kind, parent
      from ${json(steps)} as step (sequence bigint, urn text, was text, kind text, parent text) join recorded using (sequence)
    )`);
  return recording;
}

/** One parameter, because a batch has some hundred values. */
function json(rows: readonly object[]) {
  return sql`json_to_recordset(${JSON.stringify(rows)}::json)`;
}

function texts(column: string) {
  return sql`array(select json_array_elements_text(${sql.ref(column)}))`;
}
