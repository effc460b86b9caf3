import { sql } from "kysely";
import type { Db } from "../db/open.ts";
import type { Results } from "./fold.ts";

/** Records what events of an update say. Each event is given once. */
export async function insertResults(db: Db, updateId: string, { reports, analyses, steps }: Results): Promise<void> {
  if (reports.length + analyses.length + steps.length === 0) return;
  // One parameter each, because a batch has some hundred values.
  const json = (rows: object[]) => sql`${JSON.stringify(rows)}::json`;
  const texts = (column: string) => sql`array(select json_array_elements_text(${sql.ref(column)}))`;
  await sql`
    with reported as (
      insert into policy_reports (update_id, sequence, kind, pack, tag, policy, urn, level, severity, message, exceptions)
      select ${updateId}::uuid, sequence, kind, pack, tag, policy, urn, level, severity, message, ${texts("exceptions")}
      from json_to_recordset(${json(reports)}) as report (
        sequence bigint, kind text, pack text, tag text, policy text, urn text, level text, severity text, message text,
        exceptions json
      )
    ), analyzed as (
      insert into policy_analyses (update_id, sequence, pack, tag, urn, passed, failed)
      select ${updateId}::uuid, sequence, pack, tag, urn, ${texts("passed")}, ${texts("failed")}
      from json_to_recordset(${json(analyses)}) as analysis (
        sequence bigint, pack text, tag text, urn text, passed json, failed json
      )
    )
    insert into resource_steps (update_id, sequence, urn, was, kind)
    select ${updateId}::uuid, sequence, urn, was, kind
    from json_to_recordset(${json(steps)}) as step (sequence bigint, urn text, was text, kind text)`.execute(db);
}
