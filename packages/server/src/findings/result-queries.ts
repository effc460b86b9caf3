import { type RawBuilder, sql } from "kysely";

/** The rows of `Results`, each kind as one JSON text. Undefined when there are none. */
export interface ResultTexts {
  reports: string | undefined;
  analyses: string | undefined;
  steps: string | undefined;
}

/**
 * Common table expressions that record what events say, for the statement that stores the events. They take the events that
 * are new, with their update, from its table `recorded`.
 */
export function recordingOf({ reports, analyses, steps }: ResultTexts): RawBuilder<unknown>[] {
  const recording: RawBuilder<unknown>[] = [];
  if (reports)
    recording.push(sql`reported as (
      insert into policy_reports (update_id, sequence, kind, pack, tag, policy, urn, level, severity, message, exceptions)
      select update_id, sequence, kind, pack, tag, policy, urn, level, severity, message, exceptions
      from ${json(reports)} as report (
        sequence bigint, kind text, pack text, tag text, policy text, urn text, level text, severity text, message text,
        exceptions jsonb
      ) join recorded using (sequence)
    )`);
  if (analyses)
    recording.push(sql`analyzed as (
      insert into policy_analyses (update_id, sequence, pack, tag, urn, passed, failed)
      select update_id, sequence, pack, tag, urn, ${texts("passed")}, ${texts("failed")}
      from ${json(analyses)} as analysis (sequence bigint, pack text, tag text, urn text, passed json, failed json)
      join recorded using (sequence)
    )`);
  if (steps)
    recording.push(sql`stepped as (
      insert into resource_steps (update_id, sequence, urn, was, kind, parent)
      select update_id, sequence, urn, was, kind, parent
      from ${json(steps)} as step (sequence bigint, urn text, was text, kind text, parent text) join recorded using (sequence)
    )`);
  return recording;
}

/** One parameter, because a batch has some hundred values. */
function json(rows: string) {
  return sql`json_to_recordset(${rows}::json)`;
}

function texts(column: string) {
  return sql`array(select json_array_elements_text(${sql.ref(column)}))`;
}
